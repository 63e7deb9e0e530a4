-- AlterTable
ALTER TABLE "DeviceTask" ADD COLUMN     "asked" BOOLEAN NOT NULL DEFAULT false;
