import * as z from 'zod';

/** A mobile number in India, without +91. */
const Phone = z.string().regex(/^[6-9]\d{9}$/);
const Code = z.string().regex(/^\d{6}$/);

/** What may be asked to be sent by SMS, by the template of its text. It travels sealed. */
export const SmsRequest = z.discriminatedUnion('template', [
  z.object({ to: Phone, template: z.literal('login'), values: z.object({ code: Code }) }),
  z.object({
    to: Phone,
    template: z.literal('driver-login'),
    values: z.object({ code: Code, driverName: z.string(), driverPhone: Phone }),
  }),
  z.object({
    to: Phone,
    template: z.literal('driver-onboarding'),
    values: z.object({ code: Code, fleetName: z.string() }),
  }),
]);

export type SmsRequest = z.output<typeof SmsRequest>;
export type SmsTemplate = SmsRequest['template'];

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
