import type { LatLngTuple } from 'leaflet';

const digits = 1000;

/** A line as tools/outlines/written-line.ts writes it: Google's polyline format, with three digits. */
export function readLine(text: string): LatLngTuple[] {
  const points: LatLngTuple[] = [];
  let [index, latitude, longitude] = [0, 0, 0];
  const next = () => {
    let [result, shift, piece] = [0, 0, 0];
    do {
      piece = text.charCodeAt(index) - 63;
      index += 1;
      result |= (piece & 0x1f) << shift;
      shift += 5;
    } while (piece >= 0x20);
    return result & 1 ? ~(result >> 1) : result >> 1;
  };
  while (index < text.length) {
    latitude += next();
    longitude += next();
    points.push([latitude / digits, longitude / digits]);
  }
  return points;
}
