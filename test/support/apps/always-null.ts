const driversPhoto = 'No photo of a driver is taken.';
const position = 'A position belongs to a trip: where a driver is without one, nobody knows.';
const stale = 'No truck was stale here: that takes a minute.';
const usualVehicle = 'A vehicle has the driver of its trip, and no other.';
const vehiclesPhotos = 'No photo of papers is taken.';
const notes = 'A customer writes no notes.';

/** The fields of the samples that are null in every answer of the journeys, and why. */
export const alwaysNull: Readonly<Record<string, string>> = {
  'POST auth/verify-otp.data.preferredLanguage': 'Only drivers are asked for one.',
  'POST driver-auth/verify-otp.data.driver.profilePhoto': driversPhoto,
  'POST bookings/orders.data.recoveryHint': 'The search has only begun.',
  'POST bookings/orders/{id}/cancel.data.disputeId': 'A dispute is raised by a call of its own.',
  'GET bookings.data.bookings[].notes': notes,
  'GET bookings/{id}/trucks.data.trucks[].driverProfilePhotoUrl': driversPhoto,
  'GET tracking/booking/{id}.data.trucks[].staleSince': stale,
  'GET tracking/booking/{id}.data.trucks[].staleReason': stale,
  'GET rating/pending.data[].driverProfilePhotoUrl': driversPhoto,
  'POST transporter/heartbeat.data.vehicleId': 'A heartbeat is for the whole fleet.',
  'GET broadcasts/active.broadcasts[].notes': notes,
  'GET vehicles/list.data.vehicles[].assignedDriverId': usualVehicle,
  'GET vehicles/list.data.vehicles[].rcPhoto': vehiclesPhotos,
  'GET vehicles/list.data.vehicles[].insurancePhoto': vehiclesPhotos,
  'GET driver/list.data.drivers[].profilePhotoUrl': driversPhoto,
  'GET driver/list.data.drivers[].licenseExpiry': 'Nobody is asked for it.',
  'GET driver/list.data.drivers[].assignedVehicleId': usualVehicle,
  'GET driver/list.data.drivers[].assignedVehicleNumber': usualVehicle,
  'GET driver/list.data.drivers[].lastLocation': position,
  'GET driver/list.data.drivers[].lastLocation.address': position,
  'GET driver/availability.data.lastLocation': position,
};
