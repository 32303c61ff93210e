import { surgeAt, type Surge } from './surge.ts';
import type { VehicleKind } from './vehicle-kind.ts';

/** A request for a price: trucks of one kind, over a distance. */
interface Haul {
  readonly kind: VehicleKind;
  readonly distanceKm: number;
  readonly trucks: number;
  /** The load of each truck. Default: as much as the truck can carry. */
  readonly cargoKg?: number | undefined;
  readonly at: Date;
}

/** A price in whole rupees. Everyone who asks at the same instant gets the same price. */
export interface Quote {
  readonly pricePerTruck: number;
  readonly totalAmount: number;
  readonly validUntil: Date;
  /** The parts of the price, before the slab and the surge. Each part is rounded separately. */
  readonly pricePerKm: number;
  readonly basePrice: number;
  readonly distanceCharge: number;
  readonly tonnageCharge: number;
  readonly slab: Slab;
  readonly surge: Surge;
}

interface Slab {
  readonly upToKm: number;
  readonly multiplier: number;
  readonly label: 'Local' | 'Short Haul' | 'Medium Haul' | 'Long Haul' | 'Very Long Haul';
}

/** One slab prices the whole distance, so a trip just past a slab's boundary costs less than a shorter one (ADR 12). */
export const distanceSlabs: readonly Slab[] = [
  { upToKm: 50, multiplier: 1.3, label: 'Local' },
  { upToKm: 100, multiplier: 1.2, label: 'Short Haul' },
  { upToKm: 300, multiplier: 1, label: 'Medium Haul' },
  { upToKm: 500, multiplier: 0.95, label: 'Long Haul' },
];
const beyond: Slab = { upToKm: Infinity, multiplier: 0.9, label: 'Very Long Haul' };

/** A shorter distance costs as much as this one. */
const shortestKm = 5;
export const quoteValidMinutes = 5;

/** The price of a haul by the price list's formula. It is never below the type's minimum or its floor. */
export function quote({ kind, distanceKm, trucks, cargoKg = kind.capacityKg, at }: Haul): Quote {
  const { type, multiplier } = kind;
  const km = Math.max(distanceKm, shortestKm);
  const slab = distanceSlabs.find(({ upToKm }) => km <= upToKm) ?? beyond;
  const surge = surgeAt(at);

  const base = type.base * multiplier;
  const perKm = type.perKm * multiplier;
  const perTonneKm = type.perTonneKm * multiplier;
  const tonnes = cargoKg / 1000;
  const beforeSlab = base + perKm * km + perTonneKm * tonnes * km;
  const price = Math.round(beforeSlab * slab.multiplier * surge.multiplier);
  const pricePerTruck = Math.max(price, lowestPriceOf(type));

  return {
    pricePerTruck,
    totalAmount: pricePerTruck * trucks,
    validUntil: quoteEndsAt(at),
    pricePerKm: Math.round(perKm),
    basePrice: Math.round(base),
    distanceCharge: Math.round(perKm * km),
    tonnageCharge: Math.round(perTonneKm * tonnes * km),
    slab,
    surge,
  };
}

export function quoteEndsAt(at: Date): Date {
  return new Date(at.getTime() + quoteValidMinutes * 60_000);
}

export function lowestPriceOf({ minimum, floor }: VehicleKind['type']): number {
  return Math.max(minimum, floor);
}
