import * as z from 'zod';
import { TestNumber } from './test-numbers.ts';

/** A mobile number in India, without +91. */
const Phone = z.string().regex(/^[6-9]\d{9}$/);
const Code = z.string().regex(/^\d{6}$/);

/** What may be asked to be sent by SMS, by the template of its text. It travels sealed. */
export const SmsRequest = z.discriminatedUnion('template', [
  z.object({
    to: z.union([Phone, TestNumber]),
    template: z.literal('login'),
    values: z.object({ code: Code }),
  }),
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
