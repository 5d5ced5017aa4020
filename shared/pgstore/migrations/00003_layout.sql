-- +goose Up

ALTER TABLE acequia.objects ADD COLUMN layout jsonb;
COMMENT ON COLUMN acequia.objects.layout IS
    'How the file is laid out: format, compression, encoding, dialect, and what of it was detected rather than declared';
