-- CreateEnum
CREATE TYPE "weelo"."vehicle_status" AS ENUM ('available', 'on_hold', 'in_transit', 'maintenance', 'inactive');

-- CreateTable
CREATE TABLE "weelo"."vehicles" (
    "id" UUID NOT NULL,
    "transporter_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "vehicle_key" TEXT NOT NULL,
    "vehicle_type" TEXT NOT NULL,
    "vehicle_subtype" TEXT NOT NULL,
    "capacity" TEXT NOT NULL,
    "model" TEXT,
    "make" TEXT,
    "year" INTEGER,
    "body_type" TEXT,
    "fuel_type" TEXT,
    "status" "weelo"."vehicle_status" NOT NULL DEFAULT 'available',
    "maintenance_reason" TEXT,
    "maintenance_end_date" TIMESTAMPTZ(3),
    "last_status_change" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rc_number" TEXT,
    "rc_expiry" TIMESTAMPTZ(3),
    "insurance_number" TEXT,
    "insurance_expiry" TIMESTAMPTZ(3),
    "permit_number" TEXT,
    "permit_expiry" TIMESTAMPTZ(3),
    "fitness_expiry" TIMESTAMPTZ(3),
    "assigned_driver_id" UUID,
    "is_verified" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vehicles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weelo"."driver_availability" (
    "driver_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "is_available" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "driver_availability_pkey" PRIMARY KEY ("driver_id")
);

-- CreateIndex
CREATE INDEX "vehicles_transporter_id_idx" ON "weelo"."vehicles"("transporter_id", "id" DESC);

-- CreateIndex
CREATE INDEX "vehicles_assigned_driver_id_idx" ON "weelo"."vehicles"("assigned_driver_id") WHERE (assigned_driver_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "vehicles_available_idx" ON "weelo"."vehicles"("transporter_id", "vehicle_key") WHERE (status = 'available'::weelo.vehicle_status);

-- CreateIndex
CREATE UNIQUE INDEX "vehicles_number_key" ON "weelo"."vehicles"("number");

-- CreateIndex
CREATE INDEX "driver_availability_session_id_idx" ON "weelo"."driver_availability"("session_id");

-- AddForeignKey
ALTER TABLE "weelo"."vehicles" ADD CONSTRAINT "vehicles_transporter_id_fkey" FOREIGN KEY ("transporter_id") REFERENCES "weelo"."users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."vehicles" ADD CONSTRAINT "vehicles_assigned_driver_id_fkey" FOREIGN KEY ("assigned_driver_id") REFERENCES "weelo"."users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."driver_availability" ADD CONSTRAINT "driver_availability_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "weelo"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weelo"."driver_availability" ADD CONSTRAINT "driver_availability_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "weelo"."sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "weelo"."vehicles" ADD CONSTRAINT "vehicles_number_check"
  CHECK (number ~ '^[A-Z]{2}[0-9]{1,2}[A-Z]{1,3}[0-9]{1,4}$');
ALTER TABLE "weelo"."vehicles" ADD CONSTRAINT "vehicles_year_check" CHECK (year BETWEEN 1950 AND 2100);
-- Why, and until when, is told of a vehicle that is being mended, and of no other one.
ALTER TABLE "weelo"."vehicles" ADD CONSTRAINT "vehicles_maintenance_check"
  CHECK (status = 'maintenance' OR (maintenance_reason IS NULL AND maintenance_end_date IS NULL));
ALTER TABLE "weelo"."driver_availability" ADD CONSTRAINT "driver_availability_revision_check" CHECK (revision > 0);
