// A whole OTT Pay client in Node 20 without any package: pays, receives its callback, queries and refunds.
// Run it against a local sandbox gateway: OTTPAY_ENDPOINT, OTTPAY_MERCHANT_ID and OTTPAY_SIGN_KEY say which.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const setting = (name) => process.env[name] || stop(`${name} is not set`);
const ENDPOINT = setting('OTTPAY_ENDPOINT').replace(/\/+$/, '');
const MERCHANT = setting('OTTPAY_MERCHANT_ID');
const KEY = setting('OTTPAY_SIGN_KEY').trim();
const WAIT = 10_000;

function stop(problem) {
  console.error(`differs: ${problem}`);
  process.exit(1);
}
function same(what, found, ...expected) {
  if (!expected.includes(found)) throw new Error(`${what}: expected ${expected.join(' or ')}, found ${found}`);
}

// ---- The envelope ----

// A number in JSON, kept as it was written: 5.24740000 and 5.2474 have different digests.
class Num {
  constructor(literal) { this.literal = literal; }
}

// How Java prints a double: 1 -> 1.0, 9999999 -> 9999999.0, 10000000 -> 1.0E7, 0.0001 -> 1.0E-4.
function javaDouble(literal) {
  const x = Number(literal);
  if (x === 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e7)) return Number.isInteger(x) ? `${x}.0` : `${x}`;
  const [digits, exponent] = x.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

const md5 = (text) => createHash('md5').update(text, 'utf8').digest('hex').toUpperCase();

// Digest: sort the members by name, join their values without anything between, MD5 in upper-case hex.
// With OTTPAY_FORGET_TO_SORT they stay in the order in which they are written: a mistake that a test has to notice.
function digest(fields, number = (literal) => literal) {
  const names = Object.keys(fields);
  const values = (process.env.OTTPAY_FORGET_TO_SORT ? names : names.sort()).map((name) => fields[name]);
  return md5(values.map((value) => (value instanceof Num ? number(value.literal) : value ?? '')).join(''));
}

// Key: MD5 over the digest and the sign key in upper-case hex; characters 8 to 23 of it are the 16 bytes for AES.
const aesKey = (sum) => Buffer.from(md5(sum + KEY).slice(8, 24), 'ascii');

// Seal: AES-128-ECB with PKCS#7 padding over the JSON text, then Base64. The digest travels beside it as `md5`.
function seal(fields, { plaintext = JSON.stringify(fields), sum = digest(fields) } = {}) {
  const cipher = createCipheriv('aes-128-ecb', aesKey(sum), null);
  return { data: Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64'), md5: sum };
}

// Open: decrypt with the key that belongs to the digest that came, then work the digest out again and compare.
function open({ data, md5: sum }) {
  const cipher = createDecipheriv('aes-128-ecb', aesKey(sum), null);
  const text = Buffer.concat([cipher.update(data.replace(/\s/g, ''), 'base64'), cipher.final()]).toString('utf8');
  // JSON.parse forgets how a number was written: mark numbers outside of strings first.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (t) => (t[0] === '"' ? t : `"\\u0000${t}"`));
  const fields = JSON.parse(marked, (_, v) => (typeof v === 'string' && v[0] === '\0' ? new Num(v.slice(1)) : v));
  const sums = [digest(fields), digest(fields, javaDouble)];
  if (!sums.includes(sum.toUpperCase())) throw new Error(`digest: expected ${sum}, worked out ${sums.join(' or ')}`);
  return Object.fromEntries(Object.entries(fields).map(([n, v]) => [n, v instanceof Num ? v.literal : v]));
}

// Framing: the outer message is plain JSON, or that JSON as a whole in Base64.
function readOuter(body) {
  const text = body.replace(/^\uFEFF/, '').trim();
  return JSON.parse(text.startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8'));
}

// Sends a sealed request; the outer reply, with the verified `fields` if it is accepted.
async function send(action, sealed, base64 = false) {
  const outer = JSON.stringify({ action, version: '1.0', merchant_id: MERCHANT, ...sealed });
  const response = await fetch(`${ENDPOINT}/processV2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: base64 ? Buffer.from(outer, 'utf8').toString('base64') : outer,
    signal: AbortSignal.timeout(WAIT),
  });
  const reply = readOuter(await response.text());
  if (reply.rsp_code === 'SUCCESS') reply.fields = open(reply);
  return reply;
}
async function accepted(action, fields, ...more) {
  const reply = await send(action, seal(fields), ...more);
  if (reply.rsp_code !== 'SUCCESS') throw new Error(`${action}: ${reply.rsp_code}: ${reply.rsp_msg}`);
  return reply.fields;
}
// The values of a state come in either case, with spaces, hyphens or underscores.
const status = async (order_id) =>
  (await accepted('STATUS_QUERY', { order_id })).order_status.trim().toLowerCase().replace(/[- ]/g, '_');

// ---- Callbacks ----

// Verify before anything is believed: only `data` is covered by the digest, the other outer members by nothing.
let called;
const callback = new Promise((resolve, reject) => { called = { resolve, reject }; });
callback.catch(() => {});
const server = createServer(async (request, response) => {
  let answer = [400, 'FAIL'];
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    called.resolve(open(readOuter(Buffer.concat(chunks).toString('utf8'))));
    answer = [200, 'SUCCESS'];
  } catch (error) {
    called.reject(error);
  }
  response.writeHead(answer[0], { 'content-type': 'text/plain' }).end(answer[1]);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

// ---- The steps ----

const newId = (letter) => letter + randomBytes(8).toString('hex').toUpperCase();
const order = newId('N');
const payment = (order_id, more = {}) => ({
  order_id, amount: '1999', biz_type: 'ALIPAY', operator_id: '0000020156',
  call_back_url: `http://127.0.0.1:${server.address().port}/callback`, ...more,
});

async function steps() {
  const rate = await accepted('EX_RATE_QUERY', { fee_type: 'USD' });
  if (!(Number(rate.rate) > 0)) throw new Error(`rate: expected a number above 0, found ${rate.rate}`);
  console.log(`exchange rate: 1 USD is ${Number(rate.rate) / 1e8} CNY`);

  const qr = await accepted('ACTIVEPAY', payment(order));
  same('order_id of the reply', qr.order_id, order);
  if (!qr.code_url) throw new Error('code_url: missing');
  console.log(`payment: show ${qr.code_url} as QR code`);

  console.log(`status before: ${await status(order).then((word) => (same('status', word, 'init', 'notpay'), word))}`);

  const signal = AbortSignal.timeout(WAIT);
  const headers = { 'content-type': 'application/json' };
  const paid = await fetch(`${ENDPOINT}/sandbox/orders/${order}/pay`, { method: 'POST', headers, body: '{}', signal });
  if (!paid.ok) throw new Error(`pay: HTTP ${paid.status}: ${await paid.text()}`);
  await paid.json();
  console.log('buyer: has paid');

  const late = new Promise((_, no) => setTimeout(() => no(new Error('callback: none within 10 s')), WAIT).unref());
  const told = await Promise.race([callback, late]);
  same('order_id of the callback', told.order_id, order);
  same('amount of the callback', told.amount, '1999');
  same('merchant_id of the callback', told.merchant_id, MERCHANT);
  console.log('callback: verified and acknowledged');

  same('status', await status(order), 'success');
  console.log('status after: success');

  for (const refund_amt of ['500', '1499']) {
    await accepted('REFUND', { order_id: newId('R'), ori_order_id: order, refund_amt });
    console.log(`refund: ${refund_amt}`);
  }
  const third = await send('REFUND', seal({ order_id: newId('R'), ori_order_id: order, refund_amt: '1' }));
  if (third.rsp_code === 'SUCCESS') throw new Error('refund: more was given back than was paid');
  console.log(`refund beyond the payment: refused, ${third.rsp_code}`);
  same('status', await status(order), 'fully_refunded', 'refunded');
  console.log('status at the end: refunded');

  same('the same order again', (await send('ACTIVEPAY', seal(payment(order)))).rsp_code, 'ORDER_USED');
  console.log('the same order again: ORDER_USED');

  const refused = await send('ACTIVEPAY', seal(payment(newId('N')), { sum: md5('something else') }));
  if (refused.rsp_code === 'SUCCESS' || refused.data) throw new Error('wrong digest: expected a refusal without data');
  console.log(`wrong digest: refused, ${refused.rsp_code}`);

  await accepted('EX_RATE_QUERY', { fee_type: 'USD' }, true);
  console.log('Base64 framing: read');

  // Members in any order, escapes, an unknown field, and a number: as it is written, and as Java prints it.
  for (const [form, number] of [['as text', undefined], ['as a Java double', javaDouble]]) {
    const fields = payment(newId('N'), { amount: new Num('10000000'), order_remark: 'café 🍵', x_new: 'a' });
    const escape = (c) => (c === '/' ? '\\/' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const json = (value) => value.literal ?? JSON.stringify(value).replace(/[^ -~]|\//g, escape);
    const members = Object.keys(fields).sort().reverse().map((name) => `"${name}": ${json(fields[name])}`);
    const plaintext = `{ ${members.join(',\n')} }`;
    const reply = await send('ACTIVEPAY', seal(fields, { plaintext, sum: digest(fields, number) }));
    same(`number digested ${form}`, reply.rsp_code, 'SUCCESS');
    same('order_id of the reply', reply.fields.order_id, fields.order_id);
    console.log(`unusual request, number digested ${form}: accepted`);
  }
}

try {
  await steps();
  process.exit(0);
} catch (error) {
  stop(error.message);
}
