import * as z from 'zod';

export const Rupees = z.int().nonnegative();
export const VehicleTypeName = z
  .string()
  .min(1)
  .max(60)
  .meta({
    description: 'The id or the display name of a vehicle type, in any case',
    examples: ['open'],
  });
export const VehicleSubtypeName = z
  .string()
  .min(1)
  .max(60)
  .meta({
    description: 'A subtype, in any spelling that an app of ours uses',
    examples: ['17 Feet'],
  });
