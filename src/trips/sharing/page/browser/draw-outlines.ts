import { canvas, polygon, polyline, type Map } from 'leaflet';
import outlines from './outlines.json' with { type: 'json' };
import { readLine } from './read-line.ts';

/** Land, lakes and rivers. There are no borders in them. */
export function drawOutlines(map: Map): void {
  // One canvas behind everything else: thousands of SVG elements would be slow on a phone.
  const still = {
    renderer: canvas({ pane: 'tilePane', padding: 0.3 }),
    interactive: false,
    smoothFactor: 0.5,
  };
  for (const coast of outlines.land) {
    // Without a stroke, for where the land was cut off is no coast.
    polygon(readLine(coast), {
      ...still,
      stroke: false,
      fillColor: '#f4f1ea',
      fillOpacity: 1,
    }).addTo(map);
  }
  for (const lake of outlines.lakes) {
    polygon(readLine(lake), {
      ...still,
      stroke: false,
      fillColor: '#bcd7e6',
      fillOpacity: 1,
    }).addTo(map);
  }
  for (const river of outlines.rivers) {
    polyline(readLine(river), { ...still, color: '#bcd7e6', weight: 2 }).addTo(map);
  }
}
