-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "weelo";

-- The role that every function but migrate logs in as; migrate gives it its password. Roles belong to the
-- server: another database on this one may have made it, even at this moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weelo_service') THEN
    CREATE ROLE weelo_service NOLOGIN;
    -- Prisma's adapter drops the offset of an instant: in any other zone it would be stored hours off.
    ALTER ROLE weelo_service SET timezone = 'UTC';
    -- lock 2 s < statement 5 s < Lambda 10 s: whoever waits too long gets an error while it can tell of it.
    ALTER ROLE weelo_service SET lock_timeout = '2s';
    ALTER ROLE weelo_service SET statement_timeout = '5s';
    -- A function that froze or died in a transaction must not keep its locks for longer than it could run.
    ALTER ROLE weelo_service SET idle_in_transaction_session_timeout = '10s';
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

-- What the migrating role makes in this schema from here on is the service's to read and write, not to alter.
GRANT USAGE ON SCHEMA "weelo" TO weelo_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA "weelo"
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO weelo_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA "weelo"
  GRANT USAGE, SELECT ON SEQUENCES TO weelo_service;

-- CreateTable
CREATE TABLE "weelo"."releases" (
    "version" TEXT NOT NULL,
    "migrated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "releases_pkey" PRIMARY KEY ("version")
);
