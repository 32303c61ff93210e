-- CreateTable
CREATE TABLE "weelo"."imported" (
    "source" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "imported_pkey" PRIMARY KEY ("source","source_id")
);

-- CreateTable
CREATE TABLE "weelo"."import_runs" (
    "mode" TEXT NOT NULL,
    "pass" INTEGER NOT NULL DEFAULT 0,
    "after" TEXT,
    "total" INTEGER NOT NULL,
    "report" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_runs_pkey" PRIMARY KEY ("mode")
);

ALTER TABLE "weelo"."imported" ADD CONSTRAINT "imported_source_check"
  CHECK (source IN ('users', 'drivers', 'vehicles'));
ALTER TABLE "weelo"."import_runs" ADD CONSTRAINT "import_runs_mode_check" CHECK (mode IN ('dry', 'write'));
