/** The colours of the map, by day and by night. */
export type Palette = Readonly<Record<Colour, string>>;

type Colour =
  | 'land'
  | 'water'
  | 'name'
  | 'captain'
  | 'asleep'
  | 'road'
  | 'order'
  | 'drop'
  | 'held'
  | 'truck'
  | 'truckEdge'
  | 'done'
  | 'declined';

const day: Palette = {
  land: '#f7f4ee',
  water: '#cfe4ec',
  name: '#7b7566',
  captain: '#5d6b78',
  asleep: '#b9bfc4',
  road: '#0f6b8f',
  order: '#c76a12',
  drop: '#8b3a62',
  held: '#6b4fb3',
  truck: '#0b5f86',
  truckEdge: '#ffffff',
  done: '#23804a',
  declined: '#a8a196',
};

const night: Palette = {
  land: '#12181f',
  water: '#0b2533',
  name: '#6f7c88',
  captain: '#93a3b1',
  asleep: '#3c4650',
  road: '#3fa9d6',
  order: '#f0a044',
  drop: '#e08ab4',
  held: '#a990f5',
  truck: '#63c7f2',
  truckEdge: '#0c1116',
  done: '#58c987',
  declined: '#525c66',
};

const darkness = matchMedia('(prefers-color-scheme: dark)');

export const palette = (): Palette => (darkness.matches ? night : day);

export const onDayOrNight = (change: () => void): void =>
  darkness.addEventListener('change', change);

/** The stylesheet paints the legend with the colours of the map. */
export function lendToStyles(): void {
  for (const [name, colour] of Object.entries(palette())) {
    document.documentElement.style.setProperty(`--map-${name}`, colour);
  }
}

/** The same colour, but so opaque. */
export function faded(colour: string, opacity: number): string {
  const share = Math.round(Math.min(1, Math.max(0, opacity)) * 255);
  return `${colour}${share.toString(16).padStart(2, '0')}`;
}
