import {
  control,
  latLngBounds,
  map as makeMap,
  type LatLngTuple,
  type Map as Leaflet,
} from 'leaflet';
import type { Position } from '../../../../src/places/position.ts';

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A map that can be dragged and zoomed, with two canvases: what lies still, and what moves. */
export interface Chart {
  readonly map: Leaflet;
  readonly still: CanvasRenderingContext2D;
  readonly moving: CanvasRenderingContext2D;
  /** Where a place is on the canvases, in pixels. */
  spotOf(place: Position): Spot;
  pixelsOf(km: number, at: Position): number;
  show(places: readonly Position[], farthestZoom?: number): void;
}

/** The outlines end beyond these corners. */
const india: [LatLngTuple, LatLngTuple] = [
  [5, 64],
  [38, 100],
];
const tuple = ({ latitude, longitude }: Position): LatLngTuple => [latitude, longitude];

export function openChart(element: HTMLElement): Chart {
  const map = makeMap(element, {
    attributionControl: false,
    zoomControl: false,
    // What we draw ourselves must not lag behind.
    zoomAnimation: false,
    fadeAnimation: false,
    zoomSnap: 0.5,
    minZoom: 5,
    maxZoom: 16,
    maxBounds: india,
    maxBoundsViscosity: 1,
    center: [22, 79],
    zoom: 5,
  });
  control.zoom({ position: 'bottomright' }).addTo(map);
  const [still, moving] = [canvasIn(element, 'still'), canvasIn(element, 'moving')];
  const fit = () => {
    for (const context of [still, moving]) fitCanvas(context, element);
  };
  fit();
  map.on('resize', fit);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
  return {
    map,
    still,
    moving,
    spotOf: (place) => map.latLngToContainerPoint(tuple(place)),
    pixelsOf: (km, at) => {
      const here = map.latLngToContainerPoint(tuple(at));
      const north = { ...at, latitude: at.latitude + km / 111.2 };
      return Math.abs(here.y - map.latLngToContainerPoint(tuple(north)).y);
    },
    show: (places, maxZoom = 13) => {
      map.fitBounds(latLngBounds(places.map(tuple)), {
        padding: [32, 32],
        maxZoom,
        animate: false,
      });
    },
  };
}

function canvasIn(element: HTMLElement, name: string): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.id = name;
  element.append(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser draws nothing');
  return context;
}

function fitCanvas(
  context: CanvasRenderingContext2D,
  { clientWidth, clientHeight }: HTMLElement,
): void {
  const ratio = Math.min(2, devicePixelRatio);
  context.canvas.width = clientWidth * ratio;
  context.canvas.height = clientHeight * ratio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}
