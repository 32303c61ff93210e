import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { maskedPhone, phoneFrom } from '../../identity/accounts/phone.ts';

/** A number as the predecessor may have kept it: with the country's code, 0 or 00 before it, spaces and brackets. */
export function mobileFrom(typed: string): string | undefined {
  const digits = typed.replaceAll(/[\s().-]/g, '').replace(/^(?:00(?=91)|0(?=\d{10}$))/, '');
  try {
    return phoneFrom(digits, 'phone');
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** What is masked and short enough for a report. A short text is hidden whole. */
export function masked(text: string): string {
  return text.length < 8 ? 'x'.repeat(text.length) : maskedPhone(text);
}

/** Eight digits or more, in any script, with what people write between them. */
const longNumber = /\+?\p{Nd}(?:[\s().-]*\p{Nd}){7,}/gu;

/** The predecessor's id as a report shows it. Some systems take the phone as the id, or as a part of it. */
export function shownId(sourceId: string): string {
  if (z.uuid().safeParse(sourceId.toLowerCase()).success) return sourceId;
  return sourceId.replaceAll(longNumber, (found) =>
    mobileFrom(found) === undefined ? found : masked(found),
  );
}

/** What somebody typed into a field, for a report: short, and without a phone that was typed into the wrong one. */
export function shownText(text: string | undefined): string {
  const shown = (text ?? 'none').replaceAll(longNumber, masked);
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}
