// Reads {offer, digits}; takes the badge as a wallet does, with the client of @openid4vc/openid4vci and a key of its own.
import {generateKeyPairSync, randomBytes, createHash, sign} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Openid4vciClient, setGlobalConfig} from '@openid4vc/openid4vci';
import {clientAuthenticationNone} from '@openid4vc/oauth2';

setGlobalConfig({allowInsecureUrls: true}); // the test's server is on loopback, without TLS
const {offer, digits} = JSON.parse(readFileSync(0, 'utf8'));
const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const {kty, crv, x, y} = publicKey.export({format: 'jwk'});
const publicJwk = {kty, crv, x, y};
const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');

const client = new Openid4vciClient({callbacks: {
  fetch, generateRandom: randomBytes, clientAuthentication: clientAuthenticationNone({clientId: 'a-wallet'}),
  hash: (data, name) => createHash(name.replace('-', '')).update(data).digest(),
  signJwt: (_signer, {header, payload}) => {
    const text = `${part(header)}.${part(payload)}`;
    const signature = sign('sha256', Buffer.from(text), {key: privateKey, dsaEncoding: 'ieee-p1363'});
    return {jwt: `${text}.${signature.toString('base64url')}`, signerJwk: publicJwk};
  },
  verifyJwt: () => { throw new Error('Nothing to verify.'); },
  decryptJwe: () => { throw new Error('Nothing to decrypt.'); },
  encryptJwe: () => { throw new Error('Nothing to encrypt.'); },
}});

const credentialOffer = await client.resolveCredentialOffer(offer);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
let refused = '';
try {
  await client.retrievePreAuthorizedCodeAccessTokenFromOffer({credentialOffer, issuerMetadata, txCode: 'x'});
} catch (error) {
  refused = error.errorResponse?.error ?? String(error);
}
const {accessTokenResponse} = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
  credentialOffer, issuerMetadata, txCode: digits,
});
const accessToken = accessTokenResponse.access_token;
const [plain, token] = credentialOffer.credential_configuration_ids;
const first = await client.retrieveCredentials({issuerMetadata, accessToken, credentialConfigurationId: plain});
const {c_nonce: nonce} = await client.requestNonce({issuerMetadata});
const {jwt} = await client.createCredentialRequestJwtProof({
  issuerMetadata, credentialConfigurationId: token, nonce, signer: {method: 'jwk', alg: 'ES256', publicJwk},
});
const second = await client.retrieveCredentials({
  issuerMetadata, accessToken, credentialConfigurationId: token, proofs: {jwt: [jwt]},
});
await client.sendNotification({issuerMetadata, accessToken, notification: {
  notificationId: first.credentialResponse.notification_id, event: 'credential_accepted',
}});
const [badge] = first.credentialResponse.credentials;
const [bound] = second.credentialResponse.credentials;
console.log(JSON.stringify({
  refused, badge: badge.credential, token: bound.credential, names: issuerMetadata.credentialIssuer.display, publicJwk,
}));
