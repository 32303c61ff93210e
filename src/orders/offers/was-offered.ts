import { sql } from '../../platform/postgres/postgres.ts';

interface WhichOffer {
  readonly orderId: string;
  readonly transporterId: string;
}

/** P12: for locking an order: one that was never offered to a transporter does not exist for it. */
export const wasOffered = ({ orderId, transporterId }: WhichOffer) => sql`
  o.id = ${orderId}::uuid AND EXISTS (
    SELECT FROM weelo.offers AS f WHERE f.order_id = o.id AND f.transporter_id = ${transporterId}::uuid
  )
`;
