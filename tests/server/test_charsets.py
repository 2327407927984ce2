"""A body in an unusual encoding is refused before it is read."""

import pytest


@pytest.mark.parametrize("charset", ["utf-7", "rot13", "hex", "utf-16", "idna"])
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/people/", "/admin/login/"]
)
def test_other_charsets_are_refused(client, db, charset, path):
    body = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n/abc+2AA-\r\n--b--\r\n'
    content_type = f"multipart/form-data; boundary=b; charset={charset}"
    response = client.generic("POST", path, body, content_type=content_type)
    assert response.status_code == 400
    assert "That didn’t work" in response.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_is_accepted_in_every_notation(client, db, charset):
    body = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nalice\r\n--b--\r\n'
    content_type = f"multipart/form-data; boundary=b; charset={charset}"
    response = client.generic("POST", "/accounts/login/", body, content_type=content_type)
    assert response.status_code == 422
