import { namedKind, namedType } from './named-vehicle.ts';
import { quote, quoteValidMinutes } from './price.ts';

interface Asked {
  readonly vehicleType: string;
  readonly vehicleSubtype?: string | undefined;
  readonly distanceKm: number;
  readonly trucksNeeded: number;
  readonly cargoWeightKg?: number | undefined;
}

/** Below the speed of a car, because trucks are slower and stop on the way. */
const kmPerHour = 40;

/** Without a subtype, the price list assumes a load of ten tonnes. */
function loadOf({ vehicleSubtype }: Asked): number | undefined {
  return vehicleSubtype === undefined ? 10_000 : undefined;
}

/** The price fields that the customer app shows. Every amount is a whole number, because the app refuses fractions. */
export function priceVehicle(asked: Asked, at: Date) {
  const { distanceKm, trucksNeeded } = asked;
  const kind = namedKind(namedType(asked.vehicleType), asked.vehicleSubtype);
  const cargoKg = asked.cargoWeightKg ?? loadOf(asked);
  const { surge, slab, ...price } = quote({ kind, distanceKm, trucks: trucksNeeded, cargoKg, at });
  return {
    vehicleType: kind.type.id,
    distanceKm,
    trucksNeeded,
    pricePerKm: price.pricePerKm,
    pricePerTruck: price.pricePerTruck,
    totalAmount: price.totalAmount,
    estimatedDuration: durationText(distanceKm),
    basePrice: price.basePrice,
    distanceCharge: price.distanceCharge,
    tonnageCharge: price.tonnageCharge,
    surgeMultiplier: surge.multiplier,
    surgeFactor: surge.label,
    distanceSlab: slab.label,
    validForMinutes: quoteValidMinutes,
    capacityInfo: {
      capacityKg: kind.capacityKg,
      capacityTons: kind.capacityKg / 1000,
      minTonnage: kind.minTonnes,
      maxTonnage: kind.maxTonnes,
    },
  };
}

function durationText(distanceKm: number): string {
  const minutes = Math.max(1, Math.round((distanceKm / kmPerHour) * 60));
  const parts = [`${Math.floor(minutes / 60)} h`, `${minutes % 60} min`];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
