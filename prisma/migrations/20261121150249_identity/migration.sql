-- CreateEnum
CREATE TYPE "weelo"."role" AS ENUM ('customer', 'transporter', 'driver');

-- CreateTable
CREATE TABLE "weelo"."users" (
    "id" UUID NOT NULL,
    "role" "weelo"."role" NOT NULL,
    "phone" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "profile_photo" TEXT,
    "company" TEXT,
    "gst_number" TEXT,
    "pan_number" TEXT,
    "address" TEXT,
    "city" TEXT,
    "state" TEXT,
    "license_number" TEXT,
    "preferred_language" TEXT,
    "transporter_id" UUID,
    "verified_at" TIMESTAMPTZ(3),
    "suspended_at" TIMESTAMPTZ(3),
    "suspension_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "device_id" TEXT,
    "device_name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_told_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."refresh_tokens" (
    "hash" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replaced_at" TIMESTAMPTZ(3),
    "sealed_successor" TEXT,

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "users_transporter_id_idx" ON "weelo"."users"("transporter_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_phone_role_key" ON "weelo"."users"("phone", "role");

-- CreateIndex
CREATE INDEX "sessions_user_id_created_at_idx" ON "weelo"."sessions"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "weelo"."sessions"("expires_at");

-- CreateIndex
CREATE INDEX "sessions_end_untold_idx" ON "weelo"."sessions"("ended_at") WHERE (ended_at IS NOT NULL AND end_told_at IS NULL);

-- CreateIndex
CREATE INDEX "refresh_tokens_session_id_idx" ON "weelo"."refresh_tokens"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_serving_key" ON "weelo"."refresh_tokens"("session_id") WHERE (replaced_at IS NULL);

-- AddForeignKey
ALTER TABLE "weelo"."users" ADD CONSTRAINT "users_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "weelo"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "weelo"."sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema cannot say. Ten digits: the country's prefix is taken off at the door.
ALTER TABLE "weelo"."users" ADD CONSTRAINT "users_phone_check" CHECK (phone ~ '^[6-9][0-9]{9}$');
ALTER TABLE "weelo"."users" ADD CONSTRAINT "users_fleet_check"
  CHECK (transporter_id IS NULL OR role = 'driver');
ALTER TABLE "weelo"."sessions" ADD CONSTRAINT "sessions_end_told_check"
  CHECK (end_told_at IS NULL OR ended_at IS NOT NULL);
-- P16: a token that was replaced can say by what, and one that serves was replaced by nothing.
ALTER TABLE "weelo"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_successor_check"
  CHECK ((replaced_at IS NULL) = (sealed_successor IS NULL));
