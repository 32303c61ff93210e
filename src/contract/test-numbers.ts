import * as z from 'zod';

/**
 * Numbers of the machines that try a stage out. In India a 0 begins no number of a subscriber: it is dialled before a
 * number of another area, and two of them before one of another country. So nobody has such a number, and nobody gets
 * what is sent there by mistake (docs/decisions/0036-test-numbers.md).
 */
export const TestNumber = z.string().regex(/^0{5}\d{5}$/);

export function isTestNumber(phone: string): boolean {
  return TestNumber.safeParse(phone).success;
}

/** Who walks by which number. Each has its own, so that neither stands in the other's way. */
export const walkers = { canary: '0000000001', smoke: '0000000002' } as const;

/**
 * Where orders of test numbers lie, south to north, west to east, in degrees: in the Arabian Sea, so far out that no
 * wave of a search reaches the land.
 */
export const testSea = { south: 14, north: 17, west: 68, east: 70 } as const;

interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

export function isInTestSea({ latitude, longitude }: Position): boolean {
  const { south, north, west, east } = testSea;
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
}

/**
 * How many codes are made for test numbers, apart from everybody's. A canary needs 288 a day. They all share a prefix, so
 * that limit is the day's. Half of a day is kept for numbers that logged in before: a stranger cannot use it up.
 */
export const testCodes = {
  perPrefix: 2000,
  perAddress: 400,
  perDay: 2000,
  keptShare: 0.5,
} as const;
