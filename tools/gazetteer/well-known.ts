import type { Position } from '../../src/places/position.ts';
import type { Town } from './towns.ts';

/** A part of a city. */
export interface Locality extends Position {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
}

type Row = readonly [name: string, latitude: number, longitude: number, postalCode: string];

/**
 * Parts of cities that everybody knows, placed by hand to about a kilometre: the post offices of that name
 * stand somewhere else, or there is none.
 */
const byCity: Readonly<Record<string, readonly Row[]>> = {
  Bengaluru: [
    ['Koramangala', 12.935, 77.624, '560034'],
    ['Indiranagar', 12.978, 77.641, '560038'],
    ['Whitefield', 12.97, 77.75, '560066'],
    ['Electronic City', 12.845, 77.66, '560100'],
    ['HSR Layout', 12.912, 77.645, '560102'],
    ['BTM Layout', 12.917, 77.61, '560076'],
    ['Jayanagar', 12.925, 77.583, '560041'],
    ['Marathahalli', 12.956, 77.701, '560037'],
    ['Bellandur', 12.926, 77.676, '560103'],
    ['Hebbal', 13.036, 77.597, '560024'],
    ['Yeshwanthpur', 13.025, 77.54, '560022'],
    ['Peenya', 13.029, 77.519, '560058'],
    ['MG Road', 12.976, 77.61, '560001'],
    ['Majestic', 12.977, 77.572, '560009'],
  ],
  Mumbai: [
    ['Andheri East', 19.115, 72.869, '400069'],
    ['Andheri West', 19.136, 72.828, '400053'],
    ['Bandra West', 19.06, 72.83, '400050'],
    ['Bandra Kurla Complex', 19.067, 72.868, '400051'],
    ['Borivali', 19.231, 72.857, '400092'],
    ['Dadar', 19.018, 72.843, '400014'],
    ['Powai', 19.118, 72.906, '400076'],
    ['Goregaon', 19.164, 72.849, '400063'],
    ['Malad', 19.187, 72.848, '400064'],
    ['Kurla', 19.073, 72.88, '400070'],
    ['Chembur', 19.062, 72.9, '400071'],
    ['Ghatkopar', 19.086, 72.908, '400077'],
    ['Lower Parel', 18.996, 72.83, '400013'],
    ['Worli', 19.017, 72.817, '400018'],
    ['Colaba', 18.915, 72.826, '400005'],
    ['Nariman Point', 18.926, 72.823, '400021'],
  ],
  'Navi Mumbai': [
    ['Vashi', 19.077, 72.999, '400703'],
    ['Nerul', 19.034, 73.018, '400706'],
    ['CBD Belapur', 19.018, 73.039, '400614'],
    ['Kharghar', 19.047, 73.07, '410210'],
    ['Nhava Sheva', 18.949, 72.951, '400707'],
    ['Turbhe', 19.077, 73.018, '400705'],
  ],
  'New Delhi': [
    ['Connaught Place', 28.632, 77.219, '110001'],
    ['Karol Bagh', 28.652, 77.19, '110005'],
    ['Saket', 28.524, 77.207, '110017'],
    ['Hauz Khas', 28.549, 77.203, '110016'],
    ['Lajpat Nagar', 28.568, 77.243, '110024'],
    ['Nehru Place', 28.549, 77.252, '110019'],
    ['Okhla Industrial Area', 28.531, 77.272, '110020'],
    ['Vasant Kunj', 28.525, 77.156, '110070'],
    ['Dwarka', 28.583, 77.05, '110075'],
    ['Janakpuri', 28.622, 77.088, '110058'],
    ['Rajouri Garden', 28.642, 77.122, '110027'],
  ],
  Delhi: [
    ['Chandni Chowk', 28.656, 77.23, '110006'],
    ['Rohini', 28.738, 77.113, '110085'],
    ['Pitampura', 28.703, 77.132, '110034'],
    ['Laxmi Nagar', 28.63, 77.277, '110092'],
    ['Azadpur', 28.707, 77.175, '110033'],
    ['Narela', 28.853, 77.093, '110040'],
  ],
  Gurugram: [
    ['Cyber City', 28.495, 77.089, '122002'],
    ['Sohna Road', 28.409, 77.042, '122018'],
    ['IMT Manesar', 28.36, 76.935, '122052'],
    ['Udyog Vihar', 28.503, 77.086, '122016'],
  ],
  Kolkata: [
    ['Salt Lake', 22.585, 88.415, '700091'],
    ['New Town', 22.588, 88.475, '700156'],
    ['Park Street', 22.553, 88.352, '700016'],
    ['Ballygunge', 22.528, 88.365, '700019'],
    ['Behala', 22.498, 88.318, '700034'],
    ['Dum Dum', 22.622, 88.416, '700028'],
    ['Burrabazar', 22.579, 88.353, '700007'],
  ],
  Chennai: [
    ['Adyar', 13.006, 80.257, '600020'],
    ['T Nagar', 13.042, 80.234, '600017'],
    ['Velachery', 12.979, 80.221, '600042'],
    ['Anna Nagar', 13.085, 80.21, '600040'],
    ['Guindy', 13.008, 80.213, '600032'],
    ['Mylapore', 13.033, 80.268, '600004'],
    ['Tambaram', 12.925, 80.118, '600045'],
    ['Ambattur Industrial Estate', 13.098, 80.162, '600058'],
    ['Koyambedu', 13.069, 80.195, '600107'],
    ['Sholinganallur', 12.901, 80.227, '600119'],
  ],
  Hyderabad: [
    ['Gachibowli', 17.44, 78.349, '500032'],
    ['HITEC City', 17.447, 78.376, '500081'],
    ['Madhapur', 17.448, 78.391, '500081'],
    ['Banjara Hills', 17.416, 78.438, '500034'],
    ['Jubilee Hills', 17.431, 78.408, '500033'],
    ['Kukatpally', 17.494, 78.399, '500072'],
    ['Ameerpet', 17.437, 78.448, '500016'],
    ['Charminar', 17.362, 78.475, '500002'],
    ['LB Nagar', 17.346, 78.55, '500074'],
  ],
  Pune: [
    ['Hinjawadi', 18.591, 73.739, '411057'],
    ['Kothrud', 18.507, 73.807, '411038'],
    ['Hadapsar', 18.509, 73.926, '411028'],
    ['Viman Nagar', 18.568, 73.914, '411014'],
    ['Shivajinagar', 18.531, 73.845, '411005'],
    ['Wakad', 18.599, 73.762, '411057'],
    ['Chakan', 18.761, 73.863, '410501'],
  ],
  Ahmedabad: [
    ['Navrangpura', 23.037, 72.561, '380009'],
    ['Satellite', 23.03, 72.518, '380015'],
    ['Bopal', 23.034, 72.464, '380058'],
    ['Maninagar', 22.997, 72.6, '380008'],
    ['Naroda', 23.07, 72.657, '382330'],
    ['Vatva', 22.966, 72.617, '382440'],
  ],
};

export function wellKnown(cities: readonly Town[]): readonly Locality[] {
  return Object.entries(byCity).flatMap(([city, rows]) => {
    const state = cities.find(({ name }) => name === city)?.state ?? '';
    return rows.map(([name, latitude, longitude, postalCode]): Locality => {
      return { name, latitude, longitude, city, state, postalCode };
    });
  });
}
