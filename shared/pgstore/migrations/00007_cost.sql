-- What the work on each object took, as the functions metered it.

-- +goose Up
ALTER TABLE acequia.objects
    ADD COLUMN s3_gets       bigint  NOT NULL DEFAULT 0,
    ADD COLUMN s3_puts       bigint  NOT NULL DEFAULT 0,
    ADD COLUMN sqs_requests  bigint  NOT NULL DEFAULT 0,
    ADD COLUMN bytes_read    bigint  NOT NULL DEFAULT 0,
    ADD COLUMN bytes_written bigint  NOT NULL DEFAULT 0,
    ADD COLUMN invocations   bigint  NOT NULL DEFAULT 0,
    ADD COLUMN gb_seconds    numeric NOT NULL DEFAULT 0,
    ADD COLUMN dollars       numeric NOT NULL DEFAULT 0;
COMMENT ON COLUMN acequia.objects.s3_gets IS 'GET and HEAD requests to S3, of all attempts; tries that failed and deliveries that changed nothing are not counted, here and in the columns behind.';
COMMENT ON COLUMN acequia.objects.s3_puts IS 'PUT, POST and LIST requests to S3, which cost more.';
COMMENT ON COLUMN acequia.objects.sqs_requests IS 'Requests to SQS, each 64 KB of one counted.';
COMMENT ON COLUMN acequia.objects.bytes_read IS 'Bytes that came from S3.';
COMMENT ON COLUMN acequia.objects.bytes_written IS 'Bytes that went to S3.';
COMMENT ON COLUMN acequia.objects.invocations IS 'Invocations of functions.';
COMMENT ON COLUMN acequia.objects.gb_seconds IS 'Memory of the functions, in GB of 2^30 bytes, times the seconds that they had it.';
COMMENT ON COLUMN acequia.objects.dollars IS 'What that costs at list prices of the day when it was added up, an estimate: see docs/COST.md.';
