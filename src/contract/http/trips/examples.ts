export const tripId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';

/** The papers of a trip for which none were written. */
export const noDocuments = {
  eWayBillNumber: null,
  eWayBillExpiresAt: null,
  lorryReceiptNumber: null,
  invoiceNumber: null,
  updatedAt: null,
} as const;

export const documents = {
  eWayBillNumber: '331004567890',
  eWayBillExpiresAt: '2026-02-02T18:29:00.000Z',
  lorryReceiptNumber: 'LR-2026-0117',
  invoiceNumber: 'INV/26/0042',
  updatedAt: '2026-01-31T10:05:00.000Z',
} as const;

const fareLine = {
  kind: 'fare',
  label: 'Agreed price',
  amount: 6400,
  minutes: null,
  freeMinutes: null,
  perMinute: null,
  from: null,
  to: null,
  verified: null,
} as const;

/** The bill of a truck that has waited nowhere yet. */
export const firstBill = { lines: [fareLine], total: 6400 };

/** The bill of a truck that has waited 23 minutes at the pickup. */
export const bill = {
  lines: [
    fareLine,
    {
      kind: 'waiting_at_pickup',
      label: 'Waiting at the pickup',
      amount: 90,
      minutes: 23,
      freeMinutes: 5,
      perMinute: 5,
      from: '2026-01-31T10:00:00.000Z',
      to: '2026-01-31T10:23:00.000Z',
      verified: true,
    },
  ],
  total: 6490,
} as const;
