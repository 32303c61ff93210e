import * as z from 'zod';
import { route } from '../route.ts';
import { Rupees, VehicleSubtypeName, VehicleTypeName } from './names.ts';

const VehicleSubtype = z
  .object({
    id: z.string().meta({ description: 'The key of this kind of vehicle, however it is spelled' }),
    name: z.string().meta({ description: 'As orders name it' }),
    captainName: z.string().meta({ description: 'As the Captain app names it' }),
    pricePerKm: Rupees,
    capacityKg: z.int().positive(),
    minTonnage: z.number().positive(),
    maxTonnage: z.number().positive(),
  })
  .meta({ id: 'VehicleSubtype' });

const VehicleType = z
  .object({
    type: z.string(),
    displayName: z.string(),
    description: z.string(),
    category: z
      .enum(['tonnage', 'length'])
      .meta({ description: 'What its subtypes are told apart by' }),
    minimumPrice: Rupees.meta({ description: 'No truck of this type is quoted for less' }),
    lowestOffer: Rupees.meta({ description: 'No order may offer less for one' }),
    subtypes: z.array(VehicleSubtype),
  })
  .meta({ id: 'VehicleType' });

const CapacityInfo = z
  .object({
    capacityKg: z.int().positive(),
    capacityTons: z.number().positive(),
    minTonnage: z.number().positive(),
    maxTonnage: z.number().positive(),
  })
  .meta({ id: 'CapacityInfo' });

const VehiclePricing = z
  .object({
    vehicleType: z.string(),
    distanceKm: z.int().nonnegative(),
    trucksNeeded: z.int().positive(),
    pricePerKm: Rupees,
    pricePerTruck: Rupees,
    totalAmount: Rupees.meta({ description: 'The price of one truck, times the trucks' }),
    estimatedDuration: z.string(),
    basePrice: Rupees.meta({
      description: 'This and the two charges are before the distance slab and the surge',
    }),
    distanceCharge: Rupees,
    tonnageCharge: Rupees,
    surgeMultiplier: z.number().min(1),
    surgeFactor: z.enum(['Peak Hours', 'Moderate Demand', 'Normal']),
    distanceSlab: z.enum(['Local', 'Short Haul', 'Medium Haul', 'Long Haul', 'Very Long Haul']),
    validForMinutes: z.int().positive(),
    capacityInfo: CapacityInfo,
  })
  .meta({ id: 'VehiclePricing' });

export const listVehicleTypes = route({
  id: 'listVehicleTypes',
  function: 'places',
  method: 'GET',
  path: '/api/v1/vehicles/types',
  audience: 'public',
  summary: 'Every vehicle type and subtype that can be ordered',
  envelope: 'data',
  cacheSeconds: 3600,
  responses: {
    200: { description: 'The catalogue', schema: z.object({ types: z.array(VehicleType) }) },
  },
  errors: [],
  example: {
    responses: {
      200: {
        types: [
          {
            type: 'open',
            displayName: 'Open',
            description: 'Open trucks of 17 feet to 18 wheels, for loads of 5 to 40 tonnes',
            category: 'length',
            minimumPrice: 2000,
            lowestOffer: 1000,
            subtypes: [
              {
                id: 'open_17_ft',
                name: '17 Feet',
                captainName: '17 Feet',
                pricePerKm: 25,
                capacityKg: 7000,
                minTonnage: 5,
                maxTonnage: 7,
              },
            ],
          },
        ],
      },
    },
  },
});

export const getVehiclePricing = route({
  id: 'getVehiclePricing',
  function: 'places',
  method: 'GET',
  path: '/api/v1/vehicles/pricing',
  audience: 'public',
  summary: 'What trucks of one kind cost over a distance',
  description:
    'Without a subtype it is the price of the one that the type is measured by, usually its smallest. ' +
    'The cargo weighs as much as the truck carries, unless it is given.',
  query: z.object({
    vehicleType: VehicleTypeName,
    vehicleSubtype: VehicleSubtypeName.optional(),
    distanceKm: z.coerce.number().int().min(0).max(5000),
    trucksNeeded: z.coerce.number().int().min(1).max(50).default(1),
    cargoWeightKg: z.coerce
      .number()
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .meta({ description: 'On each truck' }),
  }),
  envelope: 'data',
  responses: {
    200: { description: 'The price', schema: z.object({ pricing: VehiclePricing }) },
  },
  errors: [],
  example: {
    query: { vehicleType: 'open', distanceKm: '120', trucksNeeded: '2' },
    responses: {
      200: {
        pricing: {
          vehicleType: 'open',
          distanceKm: 120,
          trucksNeeded: 2,
          pricePerKm: 25,
          pricePerTruck: 9300,
          totalAmount: 18_600,
          estimatedDuration: '3 h',
          basePrice: 1500,
          distanceCharge: 3000,
          tonnageCharge: 4800,
          surgeMultiplier: 1,
          surgeFactor: 'Normal',
          distanceSlab: 'Medium Haul',
          validForMinutes: 5,
          capacityInfo: { capacityKg: 7000, capacityTons: 7, minTonnage: 5, maxTonnage: 7 },
        },
      },
    },
  },
});
