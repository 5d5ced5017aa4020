-- People and the SQL of contracts read as acequia_reader. Whoever migrates may lack the right to make roles (a managed
-- Postgres, a shared server): then there is no such role, and all else works.

-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'acequia_reader') THEN
        CREATE ROLE acequia_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'no right to create the role acequia_reader: create it, and grant it SELECT on the schemas acequia, warehouse and superseded';
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- Roles belong to the server: another database's migration made it at the same moment.
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'acequia_reader') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA acequia, warehouse, superseded TO acequia_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA acequia TO acequia_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA acequia GRANT SELECT ON TABLES TO acequia_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA warehouse GRANT SELECT ON TABLES TO acequia_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA superseded GRANT SELECT ON TABLES TO acequia_reader;
END $$;
-- +goose StatementEnd

-- So that the SQL of contracts can run as the role.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'acequia_reader' AND NOT pg_has_role(current_user, oid, 'MEMBER')) THEN
        GRANT acequia_reader TO CURRENT_USER;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'no right to become acequia_reader: the SQL of contracts runs as %', current_user;
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- As above.
END $$;
-- +goose StatementEnd
