-- The release before this one asks without an index for as long as it still runs: slower, and no less right.
-- DropIndex
DROP INDEX "weelo"."outbox_unrelayed_idx";

-- AlterTable
ALTER TABLE "weelo"."outbox" ADD COLUMN     "parked_at" TIMESTAMPTZ(3),
ADD COLUMN     "parked_for" TEXT;

-- CreateIndex
CREATE INDEX "outbox_waiting_idx" ON "weelo"."outbox"("created_at") WHERE (relayed_at IS NULL AND parked_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_parked_idx" ON "weelo"."outbox"("parked_at") WHERE (parked_at IS NOT NULL AND relayed_at IS NULL);
