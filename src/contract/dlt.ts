import * as z from 'zod';
import type { SmsTemplate } from './sms.ts';

/** As carriers in India give them out. */
const DltId = z.string().regex(/^\d{1,64}$/);

/** What carriers in India know us and our texts by, once they are registered there. */
export const DltRegistration = z.object({
  entityId: DltId,
  templateIds: z.object({
    login: DltId,
    'driver-login': DltId,
    'driver-onboarding': DltId,
  } satisfies Record<SmsTemplate, typeof DltId>),
});

export type DltRegistration = z.output<typeof DltRegistration>;
