import type { TrackPoint } from './plausible-track.ts';

/**
 * Points as a short text, about ten characters for each. Of each point there are four numbers, each as the difference
 * from the point before: milliseconds, latitude and longitude in 1e-5 degrees (about a metre), and accuracy in metres.
 *
 * A number is written in groups of five bits, the lowest first, one character each. A sixth bit says that more follow.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const valueOf = new Map(Array.from(alphabet, (character, value) => [character, value]));
const group = 32;

const perDegree = 1e5;
const numbersOfPoint = 4;

/** Without the sign of a zero, which the text does not have. */
export const roundedDegrees = (degrees: number) => Math.round(degrees * perDegree) / perDegree + 0;

export function encodeTrack(points: readonly TrackPoint[]): string {
  let text = '';
  let previous = [0, 0, 0, 0];
  for (const { atMs, latitude, longitude, accuracy } of points) {
    const numbers = [
      Math.round(atMs),
      Math.round(latitude * perDegree),
      Math.round(longitude * perDegree),
      // Rounded up, so that an inaccurate point stays one. 0: not known.
      accuracy === null ? 0 : Math.max(1, Math.ceil(accuracy)),
    ];
    for (const [i, number] of numbers.entries()) text += written(number - (previous[i] ?? 0));
    previous = numbers;
  }
  return text;
}

export function decodeTrack(text: string): readonly TrackPoint[] {
  const differences = readNumbers(text);
  const points: TrackPoint[] = [];
  let [atMs, north, east, accuracy] = [0, 0, 0, 0];
  for (let i = 0; i + numbersOfPoint <= differences.length; i += numbersOfPoint) {
    atMs += differences[i] ?? 0;
    north += differences[i + 1] ?? 0;
    east += differences[i + 2] ?? 0;
    accuracy += differences[i + 3] ?? 0;
    points.push({
      atMs,
      latitude: north / perDegree,
      longitude: east / perDegree,
      accuracy: accuracy === 0 ? null : accuracy,
    });
  }
  return points;
}

/**
 * The sign becomes the lowest bit. Times do not fit into 32 bits, so there are no operations on bits here. What is no
 * whole number, or too large to be exact, is refused: of infinity, there would be no last group.
 */
function written(difference: number): string {
  let left = exact(difference < 0 ? -2 * difference - 1 : 2 * difference);
  let text = '';
  while (left >= group) {
    text += alphabet[group + (left % group)];
    left = Math.floor(left / group);
  }
  return text + alphabet[left];
}

function exact(number: number): number {
  if (!Number.isSafeInteger(number))
    throw new RangeError(`A track has no number such as ${number}`);
  return number;
}

function readNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  let [number, scale] = [0, 1];
  for (const character of text) {
    const value = valueOf.get(character) ?? 0;
    number += (value % group) * scale;
    scale *= group;
    if (value >= group) continue;
    exact(number);
    numbers.push(number % 2 === 1 ? -(number + 1) / 2 : number / 2);
    [number, scale] = [0, 1];
  }
  return numbers;
}
