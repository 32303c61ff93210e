import type { Position } from './great-circle.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VERSION = 1;
/** Digits after the point: about a metre. */
const PRECISION = 5;

/** A line in HERE's flexible polyline encoding, latitude first, in two dimensions. */
export function flexiblePolyline(line: readonly Position[]): string {
  const factor = 10 ** PRECISION;
  let [longitude, latitude] = [0, 0];
  let encoded = unsigned(VERSION) + unsigned(PRECISION);
  for (const position of line) {
    const [nextLongitude, nextLatitude] = position.map((degrees) => Math.round(degrees * factor));
    encoded += signed((nextLatitude ?? 0) - latitude) + signed((nextLongitude ?? 0) - longitude);
    [longitude, latitude] = [nextLongitude ?? 0, nextLatitude ?? 0];
  }
  return encoded;
}

/** The sign goes to the lowest bit, so that small steps of either sign stay short. */
const signed = (value: number): string => unsigned(value < 0 ? -value * 2 - 1 : value * 2);

/** Five bits per character, the lowest first; the sixth says that more follow. */
function unsigned(value: number): string {
  let [rest, encoded] = [value, ''];
  while (rest >= 32) {
    encoded += ALPHABET.charAt((rest % 32) + 32);
    rest = Math.floor(rest / 32);
  }
  return encoded + ALPHABET.charAt(rest);
}
