module.exports = require("../dist/zeromq.js");
