// Evaluates JSONata with the reference library, one JSON request a line, one JSON answer a line.
// Beside the library it has what AWS adds (see pysfnc.jsonata.engine), lacks $eval, and keeps AWS's limits of depth and time.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const jsonata = sequential(createRequire(import.meta.url).resolve(process.argv[2]));
const ENTRY = Symbol.for('jsonata.__evaluate_entry');
const EXIT = Symbol.for('jsonata.__evaluate_exit');
const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const cache = new Map();
let state = 1;
let present = 0;

// The library evaluates the items of an array, and the values of an object, at the same time. Then neither the depth of
// an evaluation can be counted nor the first of several errors be told, so they are made to wait for each other.
function sequential(path) {
    const text = readFileSync(path, 'utf8');
    const parts = text.split(/Promise\.all\(([\w.()]+)\s*\.map\(/);
    if (parts.length !== 5) throw new Error('not the JSONata library that is known here');
    const [head, items, between, values, tail] = parts;
    const inOrder = `async function inOrder(items, each) {
        const found = [];
        for (let i = 0; i < items.length; i += 1) found.push(await each(items[i], i));
        return found;
    }`;
    const library = new Module(path);
    library._compile(`${head}inOrder(${items}, (${between}inOrder(${values}, (${tail}\n${inOrder}`, path);
    return library.exports;
}

// A generator with a seed (mulberry32), so that runs can be repeated.
function draw() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function fault(message) {
    return { code: 'D3000', message };
}

function parse(text) {
    if (text === undefined) return undefined;
    const finite = (v) => typeof v === 'number' ? Number.isFinite(v) : !v || typeof v !== 'object' || Object.values(v).every(finite);
    try {
        const value = JSON.parse(text);
        if (finite(value)) return value;
    } catch { /* the message below says it */ }
    throw fault('The argument of the parse function is not valid JSON');
}

function partition(items, size) {
    if (items === undefined || size === undefined) return undefined;
    const step = Math.trunc(size);
    if (step < 0) throw fault('The second argument of the partition function must not be negative');
    if (step === 0 || items.length === 0) return undefined;
    const chunks = [];
    for (let i = 0; i < items.length; i += step) chunks.push(items.slice(i, i + step));
    return chunks;
}

function range(first, last, step) {
    const [low, high, pace] = [first, last, step].map((n) => Math.trunc(n ?? 0));
    if (pace === 0) throw fault('The third argument of the range function must not be zero');
    const values = [];
    for (let n = low; pace > 0 ? n <= high : n >= high; n += pace) values.push(n);
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

function hash(text, algorithm) {
    if (!(algorithm in HASHES)) throw fault(`The algorithm '${algorithm}' of the hash function is not supported`);
    return createHash(HASHES[algorithm]).update(text, 'utf8').digest('hex');
}

function base64encode(text) {
    return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('base64');
}

function base64decode(text) {
    if (text === undefined) return undefined;
    if (!/^[A-Za-z0-9+/]*=*$/.test(text)) throw fault('The argument of the base64decode function is not valid base64');
    return Buffer.from(text, 'base64').toString('utf8');
}

function uuid() {
    const digits = Array.from({ length: 32 }, () => Math.floor(draw() * 16).toString(16));
    digits[12] = '4';
    digits[16] = '89ab'[Math.floor(draw() * 4)];
    const text = digits.join('');
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

// $now takes the moment of the machine; the rest of it is the library's $fromMillis.
const NOW = '$now := function($picture, $zone)<s?s?:s>{ $fromMillis($millis(), $picture, $zone) };';

function compiled(text) {
    let expression = cache.get(text);
    if (expression === undefined) {
        expression = jsonata(text);
        if (/\$now\b/.test(text)) expression = jsonata(`(${NOW}\n${text}\n)`);
        expression.registerFunction('millis', () => present, '<:n>');
        expression.registerFunction('partition', partition, '<an:a>');
        expression.registerFunction('range', range, '<nnn:x>');
        expression.registerFunction('hash', hash, '<ss:s>');
        expression.registerFunction('base64encode', base64encode, '<s-:s>');
        expression.registerFunction('base64decode', base64decode, '<s-:s>');
        expression.registerFunction('uuid', uuid, '<:s>');
        expression.registerFunction('random', (seed) => draw(), '<n?:n>');
        expression.registerFunction('parse', parse, '<s-:x>');
        expression.assign('eval', {});
        cache.set(text, expression);
    }
    return expression;
}

// AWS shows numbers that JSON lacks as strings.
function shown(value) {
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (Array.isArray(value)) return value.map((item) => shown(item === undefined ? null : item));
    if (value && typeof value === 'object') {
        const members = Object.entries(value).filter(([, member]) => member !== undefined && !isFunction(member));
        return Object.fromEntries(members.map(([key, member]) => [key, shown(member)]));
    }
    return value;
}

function isFunction(value) {
    return typeof value === 'function' || (value && (value._jsonata_function || value._jsonata_lambda));
}

function spentSince(started) {
    const spent = process.cpuUsage(started);
    return (spent.user + spent.system) / 1000;
}

async function answer(request) {
    try {
        const expression = compiled(request.text);
        if (request.check) return { kind: 'undefined' };
        present = request.now ?? Date.now();
        // Time of this process, so that a busy computer does not decide what an expression gives.
        const started = process.cpuUsage();
        let depth = 0;
        let entered = 0;
        // Assigned, not bound: the library copies bindings by name and so leaves out symbols.
        expression.assign(ENTRY, () => {
            depth += 1;
            if (depth > request.depth) throw { code: '', message: request.depthText };
            entered += 1;
            if (entered % 64 === 0 && spentSince(started) > request.milliseconds) throw { code: '', message: request.timeText };
        });
        expression.assign(EXIT, () => { depth -= 1; });
        const value = await expression.evaluate(undefined, request.variables);
        if (value === undefined) return { kind: 'undefined' };
        if (isFunction(value) || value instanceof RegExp) return { kind: 'function' };
        return { kind: 'value', value: shown(value) };
    } catch (error) {
        return { kind: 'error', code: error.code ?? 'D0000', message: String(error.message ?? error) };
    }
}

for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
}
