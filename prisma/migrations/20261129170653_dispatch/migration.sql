-- Offers, holds and assignments. Old code goes on as before: it writes none of them, and holds no truck.

-- CreateEnum
CREATE TYPE "weelo"."offer_answer" AS ENUM ('accepted', 'declined');

-- CreateEnum
CREATE TYPE "weelo"."hold_status" AS ENUM ('active', 'confirmed', 'released', 'lapsed', 'cancelled');

-- CreateEnum
CREATE TYPE "weelo"."assignment_status" AS ENUM ('pending', 'driver_accepted', 'en_route_pickup', 'at_pickup', 'loading_complete', 'in_transit', 'arrived_at_drop', 'completed', 'driver_declined', 'timed_out', 'cancelled');

-- AlterTable
ALTER TABLE "weelo"."orders" ADD COLUMN     "notified_transporters" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "online_candidates" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "wave" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "weelo"."cancellations" ADD COLUMN     "assignments_cancelled" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "drivers_told" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "transporters_told" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "weelo"."truck_requests" ADD COLUMN     "hold_id" UUID;

-- CreateTable
CREATE TABLE "weelo"."offers" (
    "order_id" UUID NOT NULL,
    "transporter_id" UUID NOT NULL,
    "wave" INTEGER NOT NULL,
    "distance_km" DOUBLE PRECISION NOT NULL,
    "told_kinds" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "pushed_at" TIMESTAMPTZ(3),
    "answer" "weelo"."offer_answer",
    "answered_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "offers_pkey" PRIMARY KEY ("order_id","transporter_id")
);

-- CreateTable
CREATE TABLE "weelo"."holds" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "transporter_id" UUID NOT NULL,
    "vehicle_key" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "status" "weelo"."hold_status" NOT NULL DEFAULT 'active',
    "after_no" BOOLEAN NOT NULL DEFAULT false,
    "idempotency_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."assignments" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "truck_request_id" UUID NOT NULL,
    "hold_id" UUID NOT NULL,
    "transporter_id" UUID NOT NULL,
    "driver_id" UUID NOT NULL,
    "vehicle_id" UUID NOT NULL,
    "vehicle_number" TEXT NOT NULL,
    "status" "weelo"."assignment_status" NOT NULL DEFAULT 'pending',
    "live_vehicle_id" UUID,
    "live_driver_id" UUID,
    "answer_by" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "offers_live_idx" ON "weelo"."offers"("transporter_id") WHERE (closed_at IS NULL);

-- CreateIndex
CREATE INDEX "offers_transporter_id_created_at_idx" ON "weelo"."offers"("transporter_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "holds_order_id_idx" ON "weelo"."holds"("order_id");

-- CreateIndex
CREATE INDEX "holds_active_idx" ON "weelo"."holds"("transporter_id", "vehicle_key") WHERE (status = 'active'::weelo.hold_status);

-- CreateIndex
CREATE INDEX "holds_active_expires_at_idx" ON "weelo"."holds"("expires_at") WHERE (status = 'active'::weelo.hold_status);

-- CreateIndex
CREATE INDEX "holds_lapsed_idx" ON "weelo"."holds"("transporter_id", "ended_at" DESC) WHERE (status = 'lapsed'::weelo.hold_status);

-- CreateIndex
CREATE UNIQUE INDEX "holds_live_key" ON "weelo"."holds"("order_id", "transporter_id", "vehicle_key") WHERE (status = 'active'::weelo.hold_status AND NOT after_no);

-- CreateIndex
CREATE INDEX "assignments_order_id_idx" ON "weelo"."assignments"("order_id");

-- CreateIndex
CREATE INDEX "assignments_truck_request_id_idx" ON "weelo"."assignments"("truck_request_id");

-- CreateIndex
CREATE INDEX "assignments_hold_id_idx" ON "weelo"."assignments"("hold_id");

-- CreateIndex
CREATE INDEX "assignments_driver_id_idx" ON "weelo"."assignments"("driver_id", "id" DESC);

-- CreateIndex
CREATE INDEX "assignments_transporter_id_idx" ON "weelo"."assignments"("transporter_id", "id" DESC);

-- CreateIndex
CREATE INDEX "assignments_answer_by_idx" ON "weelo"."assignments"("answer_by") WHERE (status = 'pending'::weelo.assignment_status);

-- CreateIndex
CREATE UNIQUE INDEX "assignments_live_vehicle_key" ON "weelo"."assignments"("live_vehicle_id");

-- CreateIndex
CREATE UNIQUE INDEX "assignments_live_driver_key" ON "weelo"."assignments"("live_driver_id");

-- CreateIndex
CREATE UNIQUE INDEX "assignments_truck_key" ON "weelo"."assignments"("truck_request_id") WHERE (status <> ALL (ARRAY['driver_declined'::weelo.assignment_status, 'timed_out'::weelo.assignment_status, 'cancelled'::weelo.assignment_status]));

-- CreateIndex
CREATE UNIQUE INDEX "users_id_transporter_id_key" ON "weelo"."users"("id", "transporter_id");

-- CreateIndex
CREATE UNIQUE INDEX "vehicles_id_transporter_id_key" ON "weelo"."vehicles"("id", "transporter_id");

-- AddForeignKey
ALTER TABLE "weelo"."truck_requests" ADD CONSTRAINT "truck_requests_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "weelo"."holds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."offers" ADD CONSTRAINT "offers_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."offers" ADD CONSTRAINT "offers_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."holds" ADD CONSTRAINT "holds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."holds" ADD CONSTRAINT "holds_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_truck_request_id_fkey" FOREIGN KEY ("truck_request_id") REFERENCES "weelo"."truck_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "weelo"."holds"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_live_vehicle_fkey" FOREIGN KEY ("live_vehicle_id", "transporter_id") REFERENCES "weelo"."vehicles"("id", "transporter_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_live_driver_fkey" FOREIGN KEY ("live_driver_id", "transporter_id") REFERENCES "weelo"."users"("id", "transporter_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "weelo"."orders" ADD CONSTRAINT "orders_search_figures_check"
  CHECK (wave >= 0 AND 0 <= notified_transporters AND notified_transporters <= online_candidates);
-- A held truck is held by a hold. The code of the last release ends trucks without clearing the column.
ALTER TABLE "weelo"."truck_requests" ADD CONSTRAINT "truck_requests_hold_check"
  CHECK (status <> 'held' OR hold_id IS NOT NULL);
ALTER TABLE "weelo"."offers" ADD CONSTRAINT "offers_answer_check"
  CHECK (wave > 0 AND distance_km >= 0 AND (answer IS NULL) = (answered_at IS NULL));
ALTER TABLE "weelo"."holds" ADD CONSTRAINT "holds_state_check"
  CHECK (quantity > 0 AND (status = 'active') = (ended_at IS NULL));
-- P11: as long as an assignment is live, its vehicle and its driver are on no other one.
ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_live_check" CHECK (
  CASE WHEN status IN ('completed', 'driver_declined', 'timed_out', 'cancelled')
       THEN live_vehicle_id IS NULL AND live_driver_id IS NULL AND ended_at IS NOT NULL
       ELSE live_vehicle_id IS NOT DISTINCT FROM vehicle_id AND live_driver_id IS NOT DISTINCT FROM driver_id
            AND ended_at IS NULL
  END
);
