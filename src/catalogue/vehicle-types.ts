/** A vehicle type and its prices, in rupees per truck. */
export interface VehicleType {
  readonly id: string;
  readonly name: string;
  /** Other names that clients use for this type. */
  readonly otherNames?: readonly string[];
  readonly description: string;
  /** How its subtypes differ: in tonnage or in length. */
  readonly category: 'tonnage' | 'length';
  readonly base: number;
  readonly perKm: number;
  readonly perTonneKm: number;
  /** We never quote less. */
  readonly minimum: number;
  /** A customer may not offer less, so we do not quote less either. */
  readonly floor: number;
  readonly subtypes: readonly Subtype[];
}

interface Subtype {
  /** The subtype as the customer app spells it. */
  readonly name: string;
  readonly tonnes: readonly [min: number, max: number];
  readonly capacityKg: number;
  /** The price, as a multiple of the price of the type's reference subtype, whose multiplier is 1. */
  readonly multiplier: number;
}

function subtype(
  name: string,
  tonnes: Subtype['tonnes'],
  capacityKg: number,
  multiplier: number,
): Subtype {
  return { name, tonnes, capacityKg, multiplier };
}

const mini: VehicleType = {
  id: 'mini',
  name: 'Mini/Pickup',
  // Weelo's own documents show an order for a `TRUCK` / `TATA_ACE`.
  otherNames: ['Truck'],
  description: 'Small trucks for loads of up to 1.5 tonnes within a city',
  category: 'tonnage',
  base: 500,
  perKm: 12,
  perTonneKm: 8,
  minimum: 800,
  floor: 500,
  subtypes: [
    subtype('Pickup Truck - Dost', [0.5, 1.5], 1500, 1),
    subtype('Mini Truck - Tata Ace', [0.5, 1], 1000, 0.9),
  ],
};

const lcv: VehicleType = {
  id: 'lcv',
  name: 'LCV',
  description: 'Light commercial vehicles, open or closed, for loads of 2 to 9 tonnes',
  category: 'length',
  base: 800,
  perKm: 15,
  perTonneKm: 6,
  minimum: 1200,
  floor: 800,
  // Both apps also offer 20, 22 and 24 feet, but the price list has no LCV of these lengths. Users can choose and
  // register them, so we price them instead of refusing them. The multipliers of containers are on the straight line
  // between 19 and 32 feet. Those of open ones are 0.1 below the container of that length, as at 14, 17 and 19 feet.
  subtypes: [
    subtype('LCV Open - 14 Feet', [2, 4], 4000, 1),
    subtype('LCV Open - 17 Feet', [3, 5], 5000, 1.15),
    subtype('LCV Open - 19 Feet', [4, 6], 6000, 1.25),
    subtype('LCV Open - 20 Feet', [4.2, 6.2], 6200, 1.27),
    subtype('LCV Open - 22 Feet', [4.7, 6.7], 6700, 1.31),
    subtype('LCV Open - 24 Feet', [5.2, 7.2], 7200, 1.35),
    subtype('LCV Container - 14 Feet', [2, 4], 4000, 1.1),
    subtype('LCV Container - 17 Feet', [3, 5], 5000, 1.25),
    subtype('LCV Container - 19 Feet', [4, 6], 6000, 1.35),
    subtype('LCV Container - 20 Feet', [4.2, 6.2], 6200, 1.37),
    subtype('LCV Container - 22 Feet', [4.7, 6.7], 6700, 1.41),
    subtype('LCV Container - 24 Feet', [5.2, 7.2], 7200, 1.45),
    subtype('LCV Container - 32 Feet SXL', [7, 9], 9000, 1.6),
  ],
};

const open: VehicleType = {
  id: 'open',
  name: 'Open',
  description: 'Open trucks of 17 feet to 18 wheels, for loads of 5 to 40 tonnes',
  category: 'length',
  base: 1500,
  perKm: 25,
  perTonneKm: 4,
  minimum: 2000,
  floor: 1000,
  subtypes: [
    subtype('17 Feet', [5, 7], 7000, 1),
    subtype('19 Feet', [6, 9], 9000, 1.1),
    subtype('20 Feet', [7, 10], 10_000, 1.15),
    subtype('22 Feet', [9, 12], 12_000, 1.25),
    subtype('24 Feet', [10, 15], 15_000, 1.35),
    subtype('10 Wheeler', [15, 21], 21_000, 1.6),
    subtype('12 Wheeler', [21, 25], 25_000, 1.8),
    subtype('14 Wheeler', [25, 30], 30_000, 2),
    subtype('16 Wheeler', [30, 35], 35_000, 2.2),
    subtype('18 Wheeler', [35, 40], 40_000, 2.4),
  ],
};

const container: VehicleType = {
  id: 'container',
  name: 'Container',
  description: 'Closed trucks of 19 to 32 feet, for loads of 6 to 28 tonnes',
  category: 'length',
  base: 2000,
  perKm: 30,
  perTonneKm: 4.5,
  minimum: 2500,
  floor: 2000,
  subtypes: [
    subtype('19 Feet', [6, 9], 9000, 1),
    subtype('20 Feet', [7, 10], 10_000, 1.05),
    subtype('22 Feet', [9, 14], 14_000, 1.2),
    subtype('24 Feet', [10, 16], 16_000, 1.35),
    subtype('32 Feet Single Axle', [14, 18], 18_000, 1.5),
    subtype('32 Feet Multi Axle', [18, 24], 24_000, 1.7),
    subtype('32 Feet Triple Axle', [24, 28], 28_000, 1.9),
  ],
};

const trailer: VehicleType = {
  id: 'trailer',
  name: 'Trailer',
  description: 'Trailers for heavy and long goods of 8 to 50 tonnes',
  category: 'tonnage',
  base: 3000,
  perKm: 40,
  perTonneKm: 3.5,
  minimum: 4000,
  floor: 5000,
  subtypes: [
    subtype('8-11 Ton', [8, 11], 11_000, 1),
    subtype('12-15 Ton', [12, 15], 15_000, 1.15),
    subtype('16-19 Ton', [16, 19], 19_000, 1.3),
    subtype('20-22 Ton', [20, 22], 22_000, 1.45),
    subtype('23-25 Ton', [23, 25], 25_000, 1.55),
    subtype('26-28 Ton', [26, 28], 28_000, 1.7),
    subtype('29-31 Ton', [29, 31], 31_000, 1.85),
    subtype('32-35 Ton', [32, 35], 35_000, 2),
    subtype('36-41 Ton', [36, 41], 41_000, 2.2),
    subtype('42+ Ton', [42, 50], 50_000, 2.5),
  ],
};

const tipper: VehicleType = {
  id: 'tipper',
  name: 'Tipper',
  description: 'Tippers for sand, gravel and rubble, for loads of 9 to 30 tonnes',
  category: 'tonnage',
  base: 2500,
  perKm: 35,
  perTonneKm: 3.8,
  minimum: 3000,
  floor: 1000,
  subtypes: [
    subtype('9-11 Ton', [9, 11], 11_000, 1),
    subtype('15-17 Ton', [15, 17], 17_000, 1.25),
    subtype('18-19 Ton', [18, 19], 19_000, 1.35),
    subtype('20-24 Ton', [20, 24], 24_000, 1.5),
    subtype('25 Ton', [25, 25], 25_000, 1.6),
    subtype('26-28 Ton', [26, 28], 28_000, 1.75),
    subtype('29 Ton', [29, 29], 29_000, 1.85),
    subtype('30 Ton', [30, 30], 30_000, 1.95),
  ],
};

const tanker: VehicleType = {
  id: 'tanker',
  name: 'Tanker',
  description: 'Tankers for liquids of 8 to 36 tonnes',
  category: 'tonnage',
  base: 3500,
  perKm: 45,
  perTonneKm: 4,
  minimum: 4500,
  floor: 3000,
  subtypes: [
    subtype('8-11 Ton', [8, 11], 11_000, 1),
    subtype('12-15 Ton', [12, 15], 15_000, 1.2),
    subtype('16-20 Ton', [16, 20], 20_000, 1.4),
    subtype('21-25 Ton', [21, 25], 25_000, 1.6),
    subtype('26-29 Ton', [26, 29], 29_000, 1.8),
    subtype('30-31 Ton', [30, 31], 31_000, 1.95),
    subtype('32-35 Ton', [32, 35], 35_000, 2.1),
    subtype('36 Ton', [36, 36], 36_000, 2.25),
  ],
};

const dumper: VehicleType = {
  id: 'dumper',
  name: 'Dumper',
  description: 'Dumpers for mines and building sites, for loads of 9 to 40 tonnes',
  category: 'tonnage',
  base: 4000,
  perKm: 50,
  perTonneKm: 4.2,
  minimum: 5000,
  floor: 1500,
  subtypes: [
    subtype('9-11 Ton', [9, 11], 11_000, 1),
    subtype('12-15 Ton', [12, 15], 15_000, 1.2),
    subtype('16-19 Ton', [16, 19], 19_000, 1.4),
    subtype('20-22 Ton', [20, 22], 22_000, 1.55),
    subtype('23-25 Ton', [23, 25], 25_000, 1.7),
    subtype('26-28 Ton', [26, 28], 28_000, 1.85),
    subtype('29-30 Ton', [29, 30], 30_000, 2),
    subtype('31+ Ton', [31, 40], 40_000, 2.2),
  ],
};

const bulker: VehicleType = {
  id: 'bulker',
  name: 'Bulker',
  description: 'Bulkers for cement, fly ash and other powders of 20 to 40 tonnes',
  category: 'tonnage',
  base: 4500,
  perKm: 55,
  perTonneKm: 4.5,
  minimum: 5500,
  floor: 3000,
  subtypes: [
    subtype('20-22 Ton', [20, 22], 22_000, 1),
    subtype('23-25 Ton', [23, 25], 25_000, 1.15),
    subtype('26-28 Ton', [26, 28], 28_000, 1.3),
    subtype('29-31 Ton', [29, 31], 31_000, 1.45),
    subtype('32+ Ton', [32, 40], 40_000, 1.6),
  ],
};

/**
 * The price list. It leaves out the tractor, which has a floor but no price. Neither app has tractors, so nobody can
 * order or register one.
 */
export const vehicleTypes: readonly VehicleType[] = [
  mini,
  lcv,
  open,
  container,
  trailer,
  tipper,
  tanker,
  dumper,
  bulker,
];
