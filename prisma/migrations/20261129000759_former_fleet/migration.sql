-- AlterTable
ALTER TABLE "weelo"."users" ADD COLUMN     "former_transporter_id" UUID;

-- AddForeignKey
ALTER TABLE "weelo"."users" ADD CONSTRAINT "users_former_transporter_id_fkey" FOREIGN KEY ("former_transporter_id") REFERENCES "weelo"."users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "weelo"."users" ADD CONSTRAINT "users_former_transporter_check"
  CHECK (former_transporter_id IS NULL OR role = 'driver');
