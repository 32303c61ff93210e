import {
  beginOnboarding,
  deleteVehicle,
  finishOnboarding,
  getDriverAvailability,
  getVehicle,
  listDrivers,
  listVehicles,
  removeDriver,
  resendOnboardingCode,
  setDriverAvailability,
  upsertVehicle,
} from '../fleet/routes.ts';
import {
  beat,
  getTransporterAvailability,
  setTransporterAvailability,
  stopBeating,
} from '../presence/routes.ts';

/** The routes of the function `fleet`. */
export const servedByFleet = [
  listVehicles,
  upsertVehicle,
  getVehicle,
  deleteVehicle,
  listDrivers,
  beginOnboarding,
  resendOnboardingCode,
  finishOnboarding,
  removeDriver,
  getDriverAvailability,
  setDriverAvailability,
  getTransporterAvailability,
  setTransporterAvailability,
  beat,
  stopBeating,
] as const;
