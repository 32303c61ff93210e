import { lowestPriceOf } from './price.ts';
import { kindsOfType } from './vehicle-kind.ts';
import { vehicleTypes } from './vehicle-types.ts';

/** The whole catalogue, in the form that clients get. */
export function listVehicleTypes() {
  const types = vehicleTypes.map((type) => ({
    type: type.id,
    displayName: type.name,
    description: type.description,
    category: type.category,
    minimumPrice: lowestPriceOf(type),
    lowestOffer: type.floor,
    subtypes: kindsOfType(type).map((kind) => ({
      id: kind.key,
      name: kind.name,
      captainName: kind.captainName,
      pricePerKm: Math.round(type.perKm * kind.multiplier),
      capacityKg: kind.capacityKg,
      minTonnage: kind.minTonnes,
      maxTonnage: kind.maxTonnes,
    })),
  }));
  return { types };
}
