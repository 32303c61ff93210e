/**
 * The life of an order, call by call, against `npm start`:
 *
 *     node docs/examples/first-trip.mjs [http://127.0.0.1:3000]
 *
 * A customer asks for a truck, a transporter takes it, a driver delivers, and the customer rates the driver. Every call
 * is one that the apps make. It needs nothing but Node.
 */
const [origin = 'http://127.0.0.1:3000'] = process.argv.slice(2);

/** One call. A refusal ends the script, with what the API says of it. */
async function call(method, path, { token, body, key } = {}) {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { 'x-idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    console.error(`Nobody answers at ${origin}: is "npm start" ready there?`);
    process.exit(1);
  });
  const { data, error, ...bare } = await answer.json();
  console.log(`${answer.status} ${method} ${path}`);
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return data ?? bare;
}

/** Asks again and again until there is something: what is told by queues takes a moment. */
async function until(what, ask) {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = await ask();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`It took too long: ${what}`);
}

/** The code of the newest SMS to a phone. `npm start` shows the SMS that would have been sent. */
const codeSentTo = (phone, after) =>
  until(`an SMS to ${phone}`, async () => {
    const answer = await fetch(`${origin}/_dev/messages?to=${phone}&limit=1`);
    const { messages } = await answer.json();
    const [newest] = messages;
    return newest && newest.at >= after ? newest.body.match(/\d{6}/)[0] : undefined;
  });

async function logIn(phone, role) {
  const now = new Date().toISOString();
  await call('POST', '/api/v1/auth/send-otp', { body: { phone, role } });
  const otp = await codeSentTo(phone, now);
  const login = await call('POST', '/api/v1/auth/verify-otp', { body: { phone, role, otp } });
  return login.tokens.accessToken;
}

/** A driver's code goes to the transporter. */
async function logInDriver(driverPhone, transporterPhone) {
  const now = new Date().toISOString();
  await call('POST', '/api/v1/driver-auth/send-otp', { body: { driverPhone } });
  const otp = await codeSentTo(transporterPhone, now);
  const login = await call('POST', '/api/v1/driver-auth/verify-otp', {
    body: { driverPhone, otp },
  });
  return { token: login.accessToken, id: login.driver.id };
}

const pickup = { latitude: 12.9716, longitude: 77.5946, address: 'MG Road, Bengaluru' };
const drop = { latitude: 12.9769, longitude: 77.5946, address: 'Cubbon Road, Bengaluru' };

// These accounts are there from the start (prisma/seed.sql).
const customer = await logIn('9900000001', 'customer');
const transporter = await logIn('9800000001', 'transporter');
const driver = await logInDriver('9700000001', '9800000001');

console.log('\n# The driver takes trips, and the transporter is online, near the pickup');
await call('PUT', '/api/v1/driver/availability', { token: driver.token, body: { isOnline: true } });
await call('PUT', '/api/v1/transporter/availability', {
  token: transporter,
  body: { isAvailable: true },
});
const { latitude, longitude } = pickup;
await call('POST', '/api/v1/transporter/heartbeat', {
  token: transporter,
  body: { latitude, longitude },
});

console.log('\n# The customer asks for a small truck: the search lasts 60 seconds');
const { order } = await call('POST', '/api/v1/orders', {
  token: customer,
  key: crypto.randomUUID(),
  body: {
    pickup,
    drop,
    distanceKm: 1,
    vehicleRequirements: [
      {
        vehicleType: 'mini',
        vehicleSubtype: 'Mini Truck - Tata Ace',
        quantity: 1,
        pricePerTruck: 900,
      },
    ],
  },
});

console.log('\n# The transporter sees it, holds it, and puts a vehicle and a driver on it');
await until('an offer', async () => {
  const { orders } = await call('GET', '/api/v1/bookings/requests/active', { token: transporter });
  return orders.some((each) => each.order.id === order.id);
});
const { holdId } = await call('POST', '/api/v1/truck-hold/hold', {
  token: transporter,
  body: {
    orderId: order.id,
    vehicleType: 'mini',
    vehicleSubtype: 'Mini Truck - Tata Ace',
    quantity: 1,
  },
});
const { vehicles } = await call('GET', '/api/v1/vehicles/list', { token: transporter });
const vehicle = vehicles.find((each) => each.vehicleType === 'mini');
const { tripIds } = await call('POST', '/api/v1/truck-hold/confirm-with-assignments', {
  token: transporter,
  body: { holdId, assignments: [{ vehicleId: vehicle.id, driverId: driver.id }] },
});
const [tripId] = tripIds;

console.log('\n# The driver has 45 seconds to accept, and then drives');
await call('PATCH', `/api/v1/assignments/${tripId}/accept`, { token: driver.token });
const { url } = await call('POST', `/api/v1/orders/${order.id}/share`, { token: customer });
console.log(`Watch it: ${origin}${url}`);
const say = (status) =>
  call('PUT', `/api/v1/tracking/trip/${tripId}/status`, { token: driver.token, body: { status } });
const beAt = (place) =>
  call('POST', '/api/v1/tracking/update', {
    token: driver.token,
    body: { tripId, latitude: place.latitude, longitude: place.longitude, accuracy: 8 },
  });
await beAt(pickup);
await say('at_pickup');
await say('in_transit');
await call('GET', `/api/v1/tracking/${tripId}`, { token: customer });
// 600 metres in 12 seconds: nobody is believed to drive faster than 55 m/s.
for (let step = 1; step <= 3; step += 1) {
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await beAt({ ...pickup, latitude: latitude + ((drop.latitude - latitude) * step) / 3 });
}
await call('GET', `/api/v1/tracking/booking/${order.id}/eta`, { token: customer });
await say('completed');

console.log('\n# The customer sees the bill, and rates the driver');
const { trucks } = await call('GET', `/api/v1/bookings/${order.id}/trucks`, { token: customer });
console.log(trucks[0].bill);
await call('POST', '/api/v1/rating', {
  token: customer,
  body: { assignmentId: tripId, stars: 5, comment: 'On time' },
});
