// Two implementations that others wrote judge credentials. Reads {documents, jobs} on standard input, offline:
// `documents` holds contexts by address, and keys and lists by path; `jobs` holds credentials by name.
// Writes, by name, what each of the two found.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {verifyCredential} from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {verifyCredential as coreVerify} from '@digitalcredentials/verifier-core';
import {readFileSync} from 'node:fs';

const {documents, jobs} = JSON.parse(readFileSync(0, 'utf8'));
const asked = new Set();

// did:web:localhost%3A8000:o:x -> /o/x/did.json
const didPath = did => '/' + [...did.split(':').slice(3), 'did.json'].join('/');

function stored(path) {
  const document = documents[path];
  if(!document) {
    asked.add(path);
    throw new Error(`Nothing is stored for ${path}`);
  }
  return document;
}

async function documentLoader(url) {
  if(url.startsWith('did:web:')) {
    const [did, fragment] = url.split('#');
    const controller = stored(didPath(did));
    const method = fragment && controller.verificationMethod.find(each => each.id === url);
    const document = method ? {'@context': 'https://w3id.org/security/multikey/v1', ...method} : controller;
    return {contextUrl: null, documentUrl: url, document};
  }
  const path = url.startsWith('http') && !documents[url] ? new URL(url).pathname : url;
  return {contextUrl: null, documentUrl: url, document: stored(path)};
}

// verifier-core brings its own loader, which fetches: it gets our stored documents, and nothing reaches a network.
globalThis.fetch = async request => {
  const {href, pathname} = new URL(request.url ?? request);
  const document = documents[href] ?? documents[pathname];
  if(!document) {
    asked.add(pathname);
    return new Response('', {status: 404});
  }
  return new Response(JSON.stringify(document), {headers: {'content-type': 'application/json'}});
};

// The library says that it could read the list; whether the bit is set is for its caller to ask.
async function unset(options) {
  const result = await checkStatus(options);
  const taken = result.results?.some(each => each.status);
  return taken ? {...result, verified: false, error: new Error('revoked')} : result;
}

async function byVc(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await verifyCredential({credential, suite, documentLoader, checkStatus: unset});
  const found = [result.error, result.statusResult?.error].filter(Boolean);
  const errors = found.flatMap(error => error.errors ?? [error]);
  return {verified: result.verified, errors: errors.map(error => String(error.message))};
}

async function byCore(credential) {
  const {log = [], errors = []} = await coreVerify({credential, knownDIDRegistries: []});
  const found = Object.fromEntries(log.map(step => [step.id, step.valid ?? null]));
  return {...found, errors: errors.map(error => error.name)};
}

const found = {};
for(const [name, credential] of Object.entries(jobs)) {
  found[name] = {
    vc: await byVc(structuredClone(credential)), core: await byCore(structuredClone(credential))
  };
}
console.log(JSON.stringify({found, asked: [...asked]}));
