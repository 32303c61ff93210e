-- Trips. Old code goes on as before: it writes none of the new tables, and leaves the new columns empty.

-- AlterTable
ALTER TABLE "weelo"."assignments" ADD COLUMN     "codes_locked_until" TIMESTAMPTZ(3),
ADD COLUMN     "drop_arrived_at" TIMESTAMPTZ(3),
ADD COLUMN     "drop_left_at" TIMESTAMPTZ(3),
ADD COLUMN     "drop_verified" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "moved_at" TIMESTAMPTZ(3),
ADD COLUMN     "pickup_arrived_at" TIMESTAMPTZ(3),
ADD COLUMN     "pickup_left_at" TIMESTAMPTZ(3),
ADD COLUMN     "pickup_verified" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stalled_told_at" TIMESTAMPTZ(3),
ADD COLUMN     "started_at" TIMESTAMPTZ(3),
ADD COLUMN     "wrong_codes" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "weelo"."orders" ADD COLUMN     "requires_trip_codes" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "weelo"."cancellation_fees" (
    "truck_request_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "stage" TEXT NOT NULL,
    "waited_minutes" INTEGER NOT NULL DEFAULT 0,
    "fee" INTEGER NOT NULL,

    CONSTRAINT "cancellation_fees_pkey" PRIMARY KEY ("truck_request_id")
);

-- CreateTable
CREATE TABLE "weelo"."disputes" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "reason_code" TEXT NOT NULL,
    "notes" TEXT,
    "stage" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),
    "settlement" TEXT,

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."trip_moves" (
    "trip_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "what" TEXT NOT NULL,
    "status" "weelo"."assignment_status" NOT NULL,
    "user_id" UUID,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "distance_m" INTEGER,
    "code_given" BOOLEAN NOT NULL DEFAULT false,
    "remark" TEXT,

    CONSTRAINT "trip_moves_pkey" PRIMARY KEY ("trip_id","id")
);

-- CreateTable
CREATE TABLE "weelo"."trip_documents" (
    "trip_id" UUID NOT NULL,
    "e_way_bill_number" TEXT,
    "e_way_bill_expires_at" TIMESTAMPTZ(3),
    "lorry_receipt_number" TEXT,
    "invoice_number" TEXT,
    "updated_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiry_told_at" TIMESTAMPTZ(3),

    CONSTRAINT "trip_documents_pkey" PRIMARY KEY ("trip_id")
);

-- CreateTable
CREATE TABLE "weelo"."driver_records" (
    "driver_id" UUID NOT NULL,
    "trips" INTEGER NOT NULL DEFAULT 0,
    "earnings" BIGINT NOT NULL DEFAULT 0,
    "distance_m" BIGINT NOT NULL DEFAULT 0,
    "on_time" INTEGER NOT NULL DEFAULT 0,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "given_up" INTEGER NOT NULL DEFAULT 0,
    "rating_sum" INTEGER NOT NULL DEFAULT 0,
    "ratings" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "driver_records_pkey" PRIMARY KEY ("driver_id")
);

-- CreateTable
CREATE TABLE "weelo"."driver_days" (
    "driver_id" UUID NOT NULL,
    "transporter_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "trips" INTEGER NOT NULL DEFAULT 0,
    "earnings" BIGINT NOT NULL DEFAULT 0,
    "distance_m" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "driver_days_pkey" PRIMARY KEY ("driver_id","day","transporter_id")
);

-- CreateTable
CREATE TABLE "weelo"."ratings" (
    "trip_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "driver_id" UUID NOT NULL,
    "stars" INTEGER NOT NULL,
    "comment" TEXT,
    "tags" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ratings_pkey" PRIMARY KEY ("trip_id")
);

-- CreateTable
CREATE TABLE "weelo"."share_links" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "share_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."track_segments" (
    "trip_id" UUID NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "points" INTEGER NOT NULL,
    "distance_m" INTEGER NOT NULL,
    "track" TEXT NOT NULL,

    CONSTRAINT "track_segments_pkey" PRIMARY KEY ("trip_id","first_at")
);

-- CreateTable
CREATE TABLE "weelo"."stretch_speeds" (
    "from_cell" TEXT NOT NULL,
    "to_cell" TEXT NOT NULL,
    "hour" SMALLINT NOT NULL,
    "metres" REAL NOT NULL,
    "seconds" REAL NOT NULL,
    "samples" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stretch_speeds_pkey" PRIMARY KEY ("from_cell","to_cell","hour")
);

-- CreateIndex
CREATE INDEX "cancellation_fees_order_id_idx" ON "weelo"."cancellation_fees"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "disputes_order_id_key" ON "weelo"."disputes"("order_id");

-- CreateIndex
CREATE INDEX "disputes_customer_id_idx" ON "weelo"."disputes"("customer_id");

-- CreateIndex
CREATE INDEX "disputes_open_idx" ON "weelo"."disputes"("created_at") WHERE (settled_at IS NULL);

-- CreateIndex
CREATE INDEX "trip_moves_positions_idx" ON "weelo"."trip_moves"("at") WHERE (latitude IS NOT NULL);

-- CreateIndex
CREATE INDEX "trip_documents_expiring_idx" ON "weelo"."trip_documents"("e_way_bill_expires_at") WHERE (expiry_told_at IS NULL AND e_way_bill_expires_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ratings_id_key" ON "weelo"."ratings"("id");

-- CreateIndex
CREATE INDEX "ratings_order_id_idx" ON "weelo"."ratings"("order_id");

-- CreateIndex
CREATE INDEX "ratings_customer_id_idx" ON "weelo"."ratings"("customer_id");

-- CreateIndex
CREATE INDEX "ratings_driver_id_idx" ON "weelo"."ratings"("driver_id");

-- CreateIndex
CREATE UNIQUE INDEX "share_links_token_hash_key" ON "weelo"."share_links"("token_hash");

-- CreateIndex
CREATE INDEX "share_links_order_id_idx" ON "weelo"."share_links"("order_id");

-- CreateIndex
CREATE INDEX "share_links_created_at_idx" ON "weelo"."share_links"("created_at");

-- CreateIndex
CREATE INDEX "track_segments_last_at_idx" ON "weelo"."track_segments"("last_at");

-- CreateIndex
CREATE INDEX "stretch_speeds_updated_at_idx" ON "weelo"."stretch_speeds"("updated_at");

-- CreateIndex
CREATE INDEX "assignments_live_idx" ON "weelo"."assignments"("transporter_id") WHERE (live_driver_id IS NOT NULL);

-- AddForeignKey
ALTER TABLE "weelo"."cancellation_fees" ADD CONSTRAINT "cancellation_fees_truck_request_id_fkey" FOREIGN KEY ("truck_request_id") REFERENCES "weelo"."truck_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."cancellation_fees" ADD CONSTRAINT "cancellation_fees_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."disputes" ADD CONSTRAINT "disputes_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."disputes" ADD CONSTRAINT "disputes_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."trip_moves" ADD CONSTRAINT "trip_moves_trip_id_fkey" FOREIGN KEY ("trip_id") REFERENCES "weelo"."assignments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."trip_documents" ADD CONSTRAINT "trip_documents_trip_id_fkey" FOREIGN KEY ("trip_id") REFERENCES "weelo"."assignments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."driver_records" ADD CONSTRAINT "driver_records_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "weelo"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."driver_days" ADD CONSTRAINT "driver_days_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "weelo"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."driver_days" ADD CONSTRAINT "driver_days_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."ratings" ADD CONSTRAINT "ratings_trip_id_fkey" FOREIGN KEY ("trip_id") REFERENCES "weelo"."assignments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."ratings" ADD CONSTRAINT "ratings_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."ratings" ADD CONSTRAINT "ratings_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."ratings" ADD CONSTRAINT "ratings_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."share_links" ADD CONSTRAINT "share_links_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "weelo"."orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."track_segments" ADD CONSTRAINT "track_segments_trip_id_fkey" FOREIGN KEY ("trip_id") REFERENCES "weelo"."assignments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "weelo"."assignments" ADD CONSTRAINT "assignments_stay_check" CHECK (
  pickup_left_at >= pickup_arrived_at AND drop_left_at >= drop_arrived_at AND wrong_codes >= 0
);
ALTER TABLE "weelo"."cancellation_fees" ADD CONSTRAINT "cancellation_fees_check"
  CHECK (fee >= 0 AND waited_minutes >= 0);
ALTER TABLE "weelo"."disputes" ADD CONSTRAINT "disputes_settled_check"
  CHECK ((settled_at IS NULL) = (settlement IS NULL));
ALTER TABLE "weelo"."trip_moves" ADD CONSTRAINT "trip_moves_what_check"
  CHECK (what IN ('moved', 'wrong_code', 'ended'));
ALTER TABLE "weelo"."driver_records" ADD CONSTRAINT "driver_records_check" CHECK (
  trips >= 0 AND earnings >= 0 AND distance_m >= 0 AND on_time BETWEEN 0 AND trips AND accepted BETWEEN 0 AND asked
  AND given_up >= 0 AND rating_sum BETWEEN ratings AND 5 * ratings
);
ALTER TABLE "weelo"."driver_days" ADD CONSTRAINT "driver_days_check"
  CHECK (trips >= 0 AND earnings >= 0 AND distance_m >= 0);
ALTER TABLE "weelo"."ratings" ADD CONSTRAINT "ratings_stars_check" CHECK (stars BETWEEN 1 AND 5);
ALTER TABLE "weelo"."track_segments" ADD CONSTRAINT "track_segments_check"
  CHECK (points > 0 AND distance_m >= 0 AND first_at <= last_at);
ALTER TABLE "weelo"."stretch_speeds" ADD CONSTRAINT "stretch_speeds_check"
  CHECK (hour BETWEEN 0 AND 23 AND metres >= 0 AND seconds > 0 AND samples > 0);
