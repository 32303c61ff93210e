import * as z from 'zod';

/*
 * What the two apps need in a refusal, by the tables A3, A7 and the errors of B1 to B10: a sentence that they can show,
 * and a status from which they know what to do. The contract decides where it says otherwise: a price that is
 * too low and a key that was used before are 422, and 401 has one code beside that of the refresh token.
 */

export const Refusal = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
    message: z.string().regex(/^[A-Z].+[.?]$/),
    details: z
      .array(z.object({ path: z.string(), message: z.string().min(1) }))
      .min(1)
      .optional(),
    retryAfterMs: z.int().positive().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string().min(1),
  }),
});

/**
 * The status of each refusal; one that is not here is known to no app. 401 is only ever about a token: the apps refresh theirs, and log out if that
 * fails.
 */
export const refusals: Readonly<Record<string, number>> = {
  VALIDATION_ERROR: 400,
  INVALID_PHONE: 400,
  INVALID_OTP: 400,
  OTP_INVALID: 400,
  OTP_EXPIRED: 400,
  OTP_NOT_FOUND: 400,
  OTP_MAX_ATTEMPTS: 400,
  NO_PENDING_REQUEST: 400,
  MISSING_IDEMPOTENCY_KEY: 400,
  CONFIRM_FAILED: 400,
  INVALID_STATUS_TRANSITION: 400,
  TOO_FAR_FROM_PICKUP: 400,
  TOO_FAR_FROM_DROP: 400,
  POD_OTP_REQUIRED: 400,
  UNAUTHORIZED: 401,
  INVALID_REFRESH_TOKEN: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  DRIVER_NOT_FOUND: 404,
  ORDER_NOT_FOUND: 404,
  HOLD_NOT_FOUND: 404,
  VEHICLE_NOT_FOUND: 404,
  ASSIGNMENT_NOT_FOUND: 404,
  ACTIVE_ORDER_EXISTS: 409,
  ORDER_INACTIVE: 409,
  NOT_ENOUGH_AVAILABLE: 409,
  ALREADY_HOLDING: 409,
  HOLD_EXPIRED: 409,
  TRUCK_STATE_CHANGED: 409,
  VEHICLE_EXISTS: 409,
  DRIVER_ALREADY_IN_FLEET: 409,
  CANCEL_BLOCKED_DISPUTE_ONLY: 409,
  PRICE_TOO_LOW: 422,
  IDEMPOTENCY_CONFLICT: 422,
  OTP_COOLDOWN: 429,
  OTP_RATE_LIMIT_EXCEEDED: 429,
  TOGGLE_RATE_LIMITED: 429,
  RATE_LIMIT_EXCEEDED: 429,
};
