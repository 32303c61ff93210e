-- One transition may tell several audiences, and events need not be of an order. Old code goes on as before: its
-- events are the part 0 of their version, which the new index guards as the old one did.

-- DropIndex
DROP INDEX "weelo"."outbox_order_id_event_version_key";

-- AlterTable
ALTER TABLE "weelo"."outbox" ADD COLUMN     "part" INTEGER NOT NULL DEFAULT 0,
ALTER COLUMN "order_id" DROP NOT NULL,
ALTER COLUMN "event_version" DROP NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "outbox_order_id_event_version_part_key" ON "weelo"."outbox"("order_id", "event_version", "part");

ALTER TABLE "weelo"."outbox" ADD CONSTRAINT "outbox_version_check"
  CHECK ((order_id IS NULL) = (event_version IS NULL) AND part >= 0);
