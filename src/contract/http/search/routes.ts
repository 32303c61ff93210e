import * as z from 'zod';
import { latitudeInIndia, longitudeInIndia } from '../../positions.ts';
import { Instant } from '../../wire.ts';
import { Rupees, VehicleTypeName } from '../catalogue/names.ts';
import { route } from '../route.ts';

const SearchedVehicle = z
  .object({
    vehicleType: z.string(),
    displayName: z.string().meta({ description: 'Of the type' }),
    vehicleSubtype: z.string(),
    vehicleKey: z.string().meta({ description: 'The key of this kind, as in the list of types' }),
    capacityKg: z.int().positive(),
    pricePerTruck: Rupees,
    freeNearby: z.int().nonnegative().meta({
      description:
        'Vehicles of this kind that are free now, and whose owners are online within 15 km of the pickup. Counted are the five hundred nearest owners who have any of the kinds asked for; where none of these has this kind free, the five hundred nearest who have this kind. An owner is online until it says otherwise, or until 60 to 90 s after its last heartbeat',
    }),
    nearestMinutes: z
      .int()
      .nonnegative()
      .nullable()
      .meta({ description: 'How far away the nearest free one is; null while none is known' }),
  })
  .meta({ id: 'SearchedVehicle' });

const SearchResult = z
  .object({
    distanceKm: z.int().nonnegative().meta({ description: 'By road, estimated' }),
    durationMinutes: z.int().nonnegative(),
    validUntil: Instant.meta({ description: 'Until then an order may be placed at these prices' }),
    vehicles: z.array(SearchedVehicle),
  })
  .meta({ id: 'SearchResult' });

/** Trucks are found in India alone. */
const Latitude = z.coerce.number().pipe(latitudeInIndia);
const Longitude = z.coerce.number().pipe(longitudeInIndia);

export const searchTrucks = route({
  id: 'searchTrucks',
  function: 'orders',
  method: 'GET',
  path: '/api/v1/search',
  audience: ['customer'],
  summary: 'What every kind of truck costs from here to there, and how many are free',
  description:
    'It creates nothing and changes no order. Pickup and drop must be at least 500 m apart.',
  query: z.object({
    pickupLat: Latitude,
    pickupLng: Longitude,
    dropLat: Latitude,
    dropLng: Longitude,
    vehicleType: VehicleTypeName.optional(),
  }),
  envelope: 'data',
  responses: { 200: { description: 'What there is', schema: SearchResult } },
  errors: [],
  rateLimit: { limit: 60, windowSeconds: 60, per: 'user' },
  example: {
    query: {
      pickupLat: '28.6139',
      pickupLng: '77.209',
      dropLat: '26.9124',
      dropLng: '75.7873',
      vehicleType: 'open',
    },
    responses: {
      200: {
        distanceKm: 306,
        durationMinutes: 459,
        validUntil: '2026-01-28T06:35:00.000Z',
        vehicles: [
          {
            vehicleType: 'open',
            displayName: 'Open',
            vehicleSubtype: '17 Feet',
            vehicleKey: 'open_17_ft',
            capacityKg: 7000,
            pricePerTruck: 16_832,
            freeNearby: 0,
            nearestMinutes: null,
          },
        ],
      },
    },
  },
});
