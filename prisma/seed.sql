-- Accounts to try things with, on one machine: the same ids and numbers every time. Harmless when they are there.
INSERT INTO weelo.users (id, role, phone, name, company, city, state, verified_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'customer', '9900000001', 'Asha Iyer', NULL, 'Bengaluru', 'Karnataka', now()),
  ('01900000-0000-7000-8000-000000000011', 'transporter', '9800000001', 'Vikram Rao', 'Rao Roadlines', 'Bengaluru', 'Karnataka', now()),
  ('01900000-0000-7000-8000-000000000012', 'transporter', '9800000002', 'Harpreet Singh', 'Singh Carriers', 'New Delhi', 'Delhi', now())
ON CONFLICT DO NOTHING;

INSERT INTO weelo.users (id, role, phone, name, license_number, transporter_id, verified_at)
SELECT driver.id::uuid, 'driver', driver.phone, driver.name, driver.license_number, transporter.id, now()
FROM (VALUES
  ('01900000-0000-7000-8000-000000000021', '9700000001', 'Ramesh Kumar', 'KA0120150000001', '9800000001'),
  ('01900000-0000-7000-8000-000000000022', '9700000002', 'Suresh Naik', 'KA0120160000002', '9800000001'),
  ('01900000-0000-7000-8000-000000000023', '9700000003', 'Gurmeet Gill', 'DL0120170000003', '9800000002')
) AS driver (id, phone, name, license_number, transporter_phone)
JOIN weelo.users AS transporter ON transporter.phone = driver.transporter_phone AND transporter.role = 'transporter'
ON CONFLICT DO NOTHING;

INSERT INTO weelo.vehicles (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity, model, year)
SELECT vehicle.id::uuid, transporter.id, vehicle.number, vehicle.key, vehicle.type, vehicle.subtype, vehicle.capacity,
       vehicle.model, vehicle.year
FROM (VALUES
  ('01900000-0000-7000-8000-000000000031', 'KA01AB1234', 'mini_tata_ace', 'mini', 'Mini Truck - Tata Ace', '1 Ton', 'Tata Ace Gold', 2022, '9800000001'),
  ('01900000-0000-7000-8000-000000000032', 'KA01CD5678', 'open_17_ft', 'open', '17 Feet', '7 Ton', 'Eicher Pro 2110', 2020, '9800000001'),
  ('01900000-0000-7000-8000-000000000033', 'DL01LX4321', 'mini_tata_ace', 'mini', 'Mini Truck - Tata Ace', '1 Ton', 'Tata Ace Gold', 2023, '9800000002'),
  ('01900000-0000-7000-8000-000000000034', 'DL01GC8765', 'trailer_8_11_t', 'trailer', '8-11 Ton Trailer', '11 Ton', 'Tata Signa', 2019, '9800000002')
) AS vehicle (id, number, key, type, subtype, capacity, model, year, transporter_phone)
JOIN weelo.users AS transporter ON transporter.phone = vehicle.transporter_phone AND transporter.role = 'transporter'
ON CONFLICT DO NOTHING;
