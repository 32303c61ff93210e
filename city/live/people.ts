import type { CityName } from '../world/parameters.ts';

/** Names, phones and number plates: the same ones for the same city and seed. All names are common ones, combined by chance. */
const first = [
  'Aarav',
  'Balwinder',
  'Chetan',
  'Deepak',
  'Farhan',
  'Gopal',
  'Harish',
  'Imran',
  'Jagdish',
  'Kavita',
  'Lakshmi',
  'Mahesh',
  'Naveen',
  'Omkar',
  'Prakash',
  'Rekha',
  'Sanjay',
  'Tarun',
  'Usha',
  'Vinod',
  'Yusuf',
  'Zoya',
] as const;
const last = [
  'Ansari',
  'Bhatt',
  'Chauhan',
  'Das',
  'Gowda',
  'Iyer',
  'Joshi',
  'Khan',
  'Mehta',
  'Nair',
  'Patil',
  'Rana',
  'Reddy',
  'Saini',
  'Sharma',
  'Singh',
  'Thakur',
  'Verma',
  'Yadav',
] as const;

const plates: Readonly<Record<CityName, string>> = {
  bengaluru: 'KA01',
  nagpur: 'MH31',
  noida: 'UP16',
};

const roleDigit = { transporter: 1, driver: 2, customer: 3 } as const;

export interface Whose {
  readonly city: CityName;
  readonly seed: number;
}

export function nameOf({ seed }: Whose, role: keyof typeof roleDigit, index: number): string {
  const number = index * 7 + seed * 3 + roleDigit[role] * 5;
  return `${first[number % first.length]} ${last[(number + index) % last.length]}`;
}

export function phoneOf(
  { city, seed }: Whose,
  role: keyof typeof roleDigit,
  index: number,
): string {
  const cityDigit = Object.keys(plates).indexOf(city);
  const number = role === 'customer' ? withoutMeaning(index) : index;
  return `8${cityDigit}${digits(seed % 1000, 3)}${roleDigit[role]}${digits(number, 4)}`;
}

/** Ends in 11 to 19, to which captains give no meaning. */
const withoutMeaning = (index: number) => Math.floor(index / 9) * 100 + 11 + (index % 9);

export function plateOf({ city, seed }: Whose, index: number): string {
  const letter = (place: number) =>
    String.fromCodePoint(65 + (Math.floor(seed / 26 ** place) % 26));
  return `${plates[city]}${letter(2)}${letter(1)}${letter(0)}${digits(index + 1, 4)}`;
}

const digits = (number: number, count: number) => String(number).padStart(count, '0');
