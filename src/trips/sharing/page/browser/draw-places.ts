import { layerGroup, tooltip, type LatLngTuple, type Map, type Point } from 'leaflet';
import type { NamedPlace } from '../nearby-places.ts';

const pane = 'places';
/** About as large as a name is drawn, in pixels. */
const letter = 7;
const line = 18;

/** What stands at an end of the trip is about as wide. */
const end = 70;

/**
 * Names of towns and parts of cities: at each zoom, the first ones that stand neither on another one nor on an end of
 * the trip.
 */
export function drawPlaces(
  map: Map,
  places: readonly NamedPlace[],
  ends: readonly LatLngTuple[],
): void {
  // Between the outlines and the trip.
  map.createPane(pane).style.zIndex = '300';
  const names = layerGroup().addTo(map);
  const write = () => {
    names.clearLayers();
    const taken: { readonly at: Point; readonly width: number }[] = ends.map((point) => ({
      at: map.project(point),
      width: end,
    }));
    for (const { name, latitude, longitude } of places) {
      const at = map.project([latitude, longitude]);
      const width = name.length * letter;
      const isFree = taken.every(
        (other) =>
          Math.abs(other.at.y - at.y) > line ||
          Math.abs(other.at.x - at.x) > (other.width + width) / 2,
      );
      if (!isFree) continue;
      taken.push({ at, width });
      const text = document.createElement('span');
      text.textContent = name;
      tooltip({ permanent: true, direction: 'center', className: 'place', pane })
        .setLatLng([latitude, longitude])
        .setContent(text)
        .addTo(names);
    }
  };
  map.on('zoomend', write);
  write();
}
