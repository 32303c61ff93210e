import {
  circleMarker,
  control,
  latLngBounds,
  layerGroup,
  map as makeMap,
  polyline,
  type CircleMarker,
  type LatLngBounds,
  type LatLngTuple,
  type Map as Chart,
} from 'leaflet';
import type { WatchedOrder } from '../../../../contract/http/sharing/views.ts';
import type { NamedPlace } from '../nearby-places.ts';
import { drawOutlines } from './draw-outlines.ts';
import { drawPlaces } from './draw-places.ts';

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface TripMap {
  /** Shows the trucks where they are now. */
  move(order: WatchedOrder): void;
  /** Shows nothing any more. */
  remove(): void;
}

/** The outlines end beyond these corners. */
const india: [LatLngTuple, LatLngTuple] = [
  [5, 64],
  [38, 100],
];
const grey = '#5b6470';
const blue = '#0b5cad';
const fresh = { color: '#ffffff', fillColor: blue, fillOpacity: 1 };
const stale = { color: grey, fillColor: '#ffffff', fillOpacity: 0.8, dashArray: '3 3' };

const pointOf = ({ latitude, longitude }: Place): LatLngTuple => [latitude, longitude];

/** A name beside a point. It is text, whatever somebody typed. */
function named(marker: CircleMarker, name: string, className: string): CircleMarker {
  const text = document.createElement('span');
  text.textContent = name;
  return marker.bindTooltip(text, {
    permanent: true,
    direction: 'top',
    offset: [0, -8],
    opacity: 1,
    className,
  });
}

/** A map on which the whole trip can be seen. */
function openMap(element: HTMLElement, bounds: LatLngBounds): Chart {
  const map = makeMap(element, {
    attributionControl: false,
    zoomControl: false,
    minZoom: 5,
    maxZoom: 15,
    maxBounds: india,
    maxBoundsViscosity: 1,
    zoomSnap: 0.5,
    // A name that fades out would be there twice.
    fadeAnimation: false,
  });
  control.zoom({ position: 'bottomright' }).addTo(map);
  map.fitBounds(bounds, { padding: [36, 44], maxZoom: 13 });
  return map;
}

function drawEnds(map: Chart, ends: readonly LatLngTuple[]): void {
  polyline([...ends], { color: grey, weight: 2, dashArray: '4 6', interactive: false }).addTo(map);
  for (const [index, point] of ends.entries()) {
    const [name, fillColor] = index === 0 ? ['Pickup', '#1b7f3b'] : ['Drop', '#b3261e'];
    const end = circleMarker(point, { radius: 7, color: '#ffffff', fillColor, fillOpacity: 1 });
    named(end, name, 'end').addTo(map);
  }
}

/** Draws the map of a trip, and answers how to move its trucks. */
export function drawTrip(
  element: HTMLElement,
  order: WatchedOrder,
  places: readonly NamedPlace[],
): TripMap {
  const ends = [pointOf(order.pickup), pointOf(order.drop)];
  const seen = order.trucks.flatMap(({ position }) => (position ? [pointOf(position)] : []));
  const map = openMap(element, latLngBounds([...ends, ...seen]));
  drawOutlines(map);
  drawPlaces(map, places, ends);
  drawEnds(map, ends);

  const trucks = layerGroup().addTo(map);
  /** Where each truck was seen, from when the page was opened. */
  const ways = new Map<number, LatLngTuple[]>();
  const move: TripMap['move'] = (now) => {
    trucks.clearLayers();
    for (const { number, position, driverFirstName } of now.trucks) {
      if (!position) continue;
      const point = pointOf(position);
      const way = [...(ways.get(number) ?? []), point];
      ways.set(number, way);
      polyline(way, { color: blue, weight: 3, interactive: false }).addTo(trucks);
      const truck = circleMarker(point, { radius: 9, ...(position.isStale ? stale : fresh) });
      named(truck, driverFirstName, 'truck').addTo(trucks);
    }
  };
  move(order);
  return { move, remove: () => void map.remove() };
}
