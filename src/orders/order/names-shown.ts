import type { OrderRow } from './order-row.ts';

type Customer = Pick<OrderRow, 'customer_name' | 'customer_phone'>;

const nameless = 'Customer';

/** How a customer is named to the customer, and to those who come. */
export function namedCustomer({ customer_name: name, customer_phone: customerPhone }: Customer) {
  return { customerName: name ?? nameless, customerPhone };
}

/** P12: what a transporter sees of a customer before a truck is assigned: the first name, and a masked phone. */
export function maskedCustomer({ customer_name: name, customer_phone: phone }: Customer) {
  const [first = nameless] = (name ?? nameless).trim().split(/\s+/);
  return {
    customerName: first === '' ? nameless : first,
    customerPhone: `${phone.slice(0, 2)}xxxxxx${phone.slice(-2)}`,
  };
}

/** Drivers and transporters may have given no name. */
export function nameOfDriver(name: string | null): string {
  return name ?? 'Driver';
}

export function nameOfTransporter(name: string | null): string {
  return name ?? 'Transporter';
}
