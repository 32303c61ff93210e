/**
 * What we expect of the predecessor's tables. Its schema has not been seen: the names are those of its answers (the
 * contract of the shipped apps). Whoever sees the real tables corrects them here, and nowhere else.
 *
 * Names are compared without case and underscores, so `vehicleNumber` is also found as `vehicle_number`. Of several
 * columns that exist, the first in the list is read. All other columns are ignored, and the report lists them.
 */
interface ExpectedField {
  readonly columns: readonly string[];
  /** Nothing is imported as long as no such column is found. */
  readonly isNeeded: boolean;
}

export interface ExpectedTable {
  readonly names: readonly string[];
  /** Nothing is imported as long as no such table is found. */
  readonly isNeeded: boolean;
  readonly fields: Readonly<Record<string, ExpectedField>>;
}

export const predecessorSchema = 'public';

const needed = (...columns: readonly string[]): ExpectedField => ({ columns, isNeeded: true });
const maybe = (...columns: readonly string[]): ExpectedField => ({ columns, isNeeded: false });

const person = {
  id: needed('id'),
  phone: needed('phone', 'phoneNumber', 'mobile', 'mobileNumber', 'contactNumber'),
  name: maybe('name', 'fullName'),
  email: maybe('email', 'emailAddress'),
  profilePhoto: maybe('profilePhoto', 'profilePhotoUrl', 'photoUrl', 'avatar', 'avatarUrl'),
  licenseNumber: maybe('licenseNumber', 'licenceNumber', 'drivingLicense', 'drivingLicenseNumber'),
  preferredLanguage: maybe('preferredLanguage', 'language'),
  isActive: maybe('isActive', 'active'),
  createdAt: maybe('createdAt', 'createdOn'),
};

/** In a column of this name stands whose fleet a driver or a vehicle is in: the id of a row of `users`. */
const fleet = ['transporterId', 'ownerId', 'fleetOwnerId'];

export const predecessor = {
  /** Customers and transporters. Drivers, too, if they have the role `driver` here. */
  users: {
    names: ['User', 'Users'],
    isNeeded: true,
    fields: {
      ...person,
      role: needed('role', 'userRole', 'userType'),
      company: maybe('company', 'companyName', 'businessName'),
      gstNumber: maybe('gstNumber', 'gst', 'gstin'),
      panNumber: maybe('panNumber', 'pan'),
      address: maybe('address', 'businessAddress'),
      city: maybe('city'),
      state: maybe('state'),
      transporterId: maybe(...fleet),
    },
  },
  /** Drivers, if they have a table of their own. */
  drivers: {
    names: ['Driver', 'Drivers'],
    isNeeded: false,
    fields: { ...person, transporterId: needed(...fleet) },
  },
  vehicles: {
    names: ['Vehicle', 'Vehicles', 'Truck', 'Trucks'],
    isNeeded: true,
    fields: {
      id: needed('id'),
      transporterId: needed(...fleet),
      vehicleNumber: needed('vehicleNumber', 'registrationNumber', 'plateNumber', 'number'),
      vehicleType: needed('vehicleType', 'type'),
      vehicleSubtype: needed('vehicleSubtype', 'vehicleSubType', 'subtype'),
      capacity: maybe('capacity', 'capacityTons'),
      model: maybe('model'),
      make: maybe('make'),
      year: maybe('year', 'manufacturingYear'),
      bodyType: maybe('bodyType'),
      fuelType: maybe('fuelType'),
      status: maybe('status', 'vehicleStatus'),
      maintenanceReason: maybe('maintenanceReason'),
      maintenanceEndDate: maybe('maintenanceEndDate'),
      rcNumber: maybe('rcNumber'),
      rcExpiry: maybe('rcExpiry'),
      insuranceNumber: maybe('insuranceNumber'),
      insuranceExpiry: maybe('insuranceExpiry'),
      permitNumber: maybe('permitNumber'),
      permitExpiry: maybe('permitExpiry'),
      fitnessExpiry: maybe('fitnessExpiry'),
      isVerified: maybe('isVerified'),
      isActive: maybe('isActive', 'active'),
      createdAt: maybe('createdAt', 'createdOn'),
    },
  },
} as const satisfies Readonly<Record<string, ExpectedTable>>;

export type SourceName = keyof typeof predecessor;
export const sourceNames = ['users', 'drivers', 'vehicles'] as const satisfies SourceName[];
