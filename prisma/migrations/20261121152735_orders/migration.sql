-- CreateEnum
CREATE TYPE "weelo"."order_status" AS ENUM ('broadcasting', 'partially_filled', 'fully_filled', 'in_progress', 'completed', 'cancelled', 'expired');

-- CreateEnum
CREATE TYPE "weelo"."truck_status" AS ENUM ('searching', 'held', 'assigned', 'in_progress', 'completed', 'expired', 'cancelled');

-- CreateTable
CREATE TABLE "weelo"."orders" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "payload_hash" TEXT NOT NULL,
    "status" "weelo"."order_status" NOT NULL,
    "pickup_latitude" DOUBLE PRECISION NOT NULL,
    "pickup_longitude" DOUBLE PRECISION NOT NULL,
    "pickup_address" TEXT NOT NULL,
    "pickup_city" TEXT,
    "pickup_state" TEXT,
    "drop_latitude" DOUBLE PRECISION NOT NULL,
    "drop_longitude" DOUBLE PRECISION NOT NULL,
    "drop_address" TEXT NOT NULL,
    "drop_city" TEXT,
    "drop_state" TEXT,
    "distance_km" INTEGER NOT NULL,
    "goods_type" TEXT,
    "cargo_weight_kg" INTEGER,
    "scheduled_at" TIMESTAMPTZ(3),
    "total_amount" INTEGER NOT NULL,
    "needed" INTEGER NOT NULL,
    "claimed" INTEGER NOT NULL DEFAULT 0,
    "filled" INTEGER NOT NULL DEFAULT 0,
    "search_deadline" TIMESTAMPTZ(3) NOT NULL,
    "search_closed_at" TIMESTAMPTZ(3),
    "reason_code" TEXT,
    "event_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."truck_requests" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "vehicle_key" TEXT NOT NULL,
    "vehicle_type" TEXT NOT NULL,
    "vehicle_subtype" TEXT NOT NULL,
    "price_per_truck" INTEGER NOT NULL,
    "quoted_price_per_truck" INTEGER NOT NULL,
    "status" "weelo"."truck_status" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "truck_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."route_points" (
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "latitude" DOUBLE PRECISION NOT NULL,
    "longitude" DOUBLE PRECISION NOT NULL,
    "address" TEXT NOT NULL,
    "city" TEXT,
    "state" TEXT,

    CONSTRAINT "route_points_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "weelo"."cancellations" (
    "order_id" UUID NOT NULL,
    "reason" TEXT,
    "stage" TEXT NOT NULL,
    "fee" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cancellations_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "weelo"."outbox" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "event_version" INTEGER NOT NULL,
    "queue" TEXT NOT NULL,
    "message" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "relayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "orders_live_idx" ON "weelo"."orders"("customer_id", "id" DESC) WHERE (status <> ALL (ARRAY['completed'::weelo.order_status, 'cancelled'::weelo.order_status, 'expired'::weelo.order_status]));

-- CreateIndex
CREATE INDEX "orders_history_idx" ON "weelo"."orders"("customer_id", "id" DESC);

-- CreateIndex
CREATE INDEX "orders_open_search_deadline_idx" ON "weelo"."orders"("search_deadline") WHERE (search_closed_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "orders_intent_key" ON "weelo"."orders"("customer_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "orders_open_search_key" ON "weelo"."orders"("customer_id") WHERE (search_closed_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "truck_requests_order_id_number_key" ON "weelo"."truck_requests"("order_id", "number");

-- CreateIndex
CREATE INDEX "outbox_unrelayed_idx" ON "weelo"."outbox"("created_at") WHERE (relayed_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_relayed_idx" ON "weelo"."outbox"("relayed_at") WHERE (relayed_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_order_id_event_version_key" ON "weelo"."outbox"("order_id", "event_version");

-- AddForeignKey
ALTER TABLE "weelo"."orders" ADD CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."truck_requests" ADD CONSTRAINT "truck_requests_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."route_points" ADD CONSTRAINT "route_points_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."cancellations" ADD CONSTRAINT "cancellations_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."outbox" ADD CONSTRAINT "outbox_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- P5: never more trucks than were asked for.
ALTER TABLE "weelo"."orders" ADD CONSTRAINT "orders_counters_check"
  CHECK (0 <= filled AND filled <= claimed AND claimed <= needed AND 0 < needed);
ALTER TABLE "weelo"."orders" ADD CONSTRAINT "orders_amounts_check"
  CHECK (total_amount > 0 AND distance_km > 0 AND event_version > 0);
-- What is filled or over does not search any more; what searches is neither.
ALTER TABLE "weelo"."orders" ADD CONSTRAINT "orders_search_check" CHECK (
  (search_closed_at IS NULL AND status IN ('broadcasting', 'partially_filled', 'in_progress') AND filled < needed)
  OR (search_closed_at IS NOT NULL AND status <> 'broadcasting')
);
ALTER TABLE "weelo"."truck_requests" ADD CONSTRAINT "truck_requests_figures_check"
  CHECK (number > 0 AND price_per_truck > 0 AND quoted_price_per_truck > 0);
ALTER TABLE "weelo"."cancellations" ADD CONSTRAINT "cancellations_fee_check" CHECK (fee >= 0);
ALTER TABLE "weelo"."outbox" ADD CONSTRAINT "outbox_queue_check" CHECK (queue IN ('dispatch', 'notify'));
