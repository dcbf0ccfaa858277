// Node's own server with its defaults: node server.mjs ANSWER [FOLDER WITH server.key AND server.pem]
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [answer, folder] = process.argv.slice(2);
const serve = (request, response) => {
  request.resume();
  request.on('end', () => response.end(answer));
};
const read = (name) => readFileSync(`${folder}/${name}`);
const server = folder
  ? https.createServer({ key: read('server.key'), cert: read('server.pem') }, serve)
  : http.createServer(serve);
server.listen(0, 'localhost', () => console.log(server.address().port));
