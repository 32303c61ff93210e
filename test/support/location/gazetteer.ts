import type { Position } from './great-circle.ts';

export interface Place {
  readonly id: string;
  readonly title: string;
  readonly type: 'PointOfInterest' | 'Street' | 'District' | 'Locality';
  readonly district: string;
  readonly locality: string;
  readonly region: string;
  readonly regionCode: string;
  readonly postalCode: string;
  readonly position: Position;
}

type Town = Pick<Place, 'locality' | 'region' | 'regionCode'>;

const bengaluru: Town = { locality: 'Bengaluru', region: 'Karnataka', regionCode: 'KA' };
const mumbai: Town = { locality: 'Mumbai', region: 'Maharashtra', regionCode: 'MH' };
const pune: Town = { locality: 'Pune', region: 'Maharashtra', regionCode: 'MH' };
const delhi: Town = { locality: 'New Delhi', region: 'Delhi', regionCode: 'DL' };
const gurugram: Town = { locality: 'Gurugram', region: 'Haryana', regionCode: 'HR' };
const chennai: Town = { locality: 'Chennai', region: 'Tamil Nadu', regionCode: 'TN' };
const hyderabad: Town = { locality: 'Hyderabad', region: 'Telangana', regionCode: 'TS' };
const kolkata: Town = { locality: 'Kolkata', region: 'West Bengal', regionCode: 'WB' };
const ahmedabad: Town = { locality: 'Ahmedabad', region: 'Gujarat', regionCode: 'GJ' };

function place(
  town: Town,
  [type, title, district, postalCode]: readonly [Place['type'], string, string, string],
  position: Position,
): Place {
  const id = `local.${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  return { id, title, type, district, postalCode, position, ...town };
}

/** All that the played Location knows of the world. */
export const gazetteer: readonly Place[] = [
  place(bengaluru, ['Street', 'MG Road', 'Ashok Nagar', '560001'], [77.6101, 12.9756]),
  place(bengaluru, ['District', 'Koramangala', 'Koramangala', '560034'], [77.6245, 12.9352]),
  place(bengaluru, ['District', 'Whitefield', 'Whitefield', '560066'], [77.75, 12.9698]),
  place(
    bengaluru,
    ['PointOfInterest', 'Peenya Industrial Area', 'Peenya', '560058'],
    [77.5185, 13.0285],
  ),
  place(
    bengaluru,
    ['District', 'Electronic City', 'Electronic City', '560100'],
    [77.6603, 12.8452],
  ),
  place(
    bengaluru,
    ['PointOfInterest', 'Kempegowda International Airport', 'Devanahalli', '560300'],
    [77.7066, 13.1986],
  ),
  place(mumbai, ['District', 'Andheri East', 'Andheri', '400069'], [72.8697, 19.1136]),
  place(
    mumbai,
    ['PointOfInterest', 'Jawaharlal Nehru Port', 'Nhava Sheva', '400707'],
    [72.9525, 18.9492],
  ),
  place(mumbai, ['Locality', 'Bhiwandi', 'Thane', '421302'], [73.0483, 19.2813]),
  place(pune, ['PointOfInterest', 'Chakan MIDC', 'Chakan', '410501'], [73.8629, 18.7606]),
  place(delhi, ['District', 'Connaught Place', 'Central Delhi', '110001'], [77.2167, 28.6315]),
  place(delhi, ['PointOfInterest', 'Okhla Industrial Area', 'Okhla', '110020'], [77.2725, 28.5355]),
  place(gurugram, ['PointOfInterest', 'IMT Manesar', 'Manesar', '122051'], [76.9366, 28.3588]),
  place(
    chennai,
    ['PointOfInterest', 'Sriperumbudur Industrial Park', 'Sriperumbudur', '602105'],
    [79.9416, 12.9675],
  ),
  place(chennai, ['PointOfInterest', 'Ennore Port', 'Ennore', '600120'], [80.3376, 13.2563]),
  place(
    hyderabad,
    ['PointOfInterest', 'Patancheru Industrial Area', 'Patancheru', '502319'],
    [78.2648, 17.5286],
  ),
  place(kolkata, ['Locality', 'Dankuni', 'Hooghly', '712311'], [88.2927, 22.6789]),
  place(ahmedabad, ['PointOfInterest', 'Sanand GIDC', 'Sanand', '382110'], [72.3817, 22.9922]),
];

/** The way an address is written on an envelope. */
export const addressLabel = ({ title, district, locality, postalCode, region }: Place): string =>
  `${[...new Set([title, district, locality])].join(', ')} ${postalCode}, ${region}, India`;
