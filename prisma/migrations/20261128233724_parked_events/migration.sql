-- AlterTable
ALTER TABLE "weelo"."outbox" ADD COLUMN     "parked_at" TIMESTAMPTZ(3),
ADD COLUMN     "parked_for" TEXT;

-- CreateIndex
CREATE INDEX "outbox_parked_idx" ON "weelo"."outbox"("parked_at") WHERE (parked_at IS NOT NULL AND relayed_at IS NULL);
