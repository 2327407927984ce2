"""Addresses of everything about one's account."""

from django.urls import path

from accounts import views, views_account, views_devices, views_invitations, views_recovery

app_name = "accounts"

urlpatterns = [
    path("", views_account.settings_page, name="settings"),
    path("signup/", views.sign_up, name="signup"),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("password/", views.change_password, name="password"),
    path("devices/", views_devices.devices, name="devices"),
    path("devices/end/", views_devices.end, name="end"),
    path("codes/", views_recovery.codes, name="codes"),
    path("recover/", views_recovery.recover, name="recover"),
    path("mail/", views_recovery.mail_link, name="mail_link"),
    path("reset/", views_recovery.new_password, name="new_password"),
    path("reset/<str:number>/<str:token>/", views_recovery.reset_link, name="reset"),
    path("invitations/", views_invitations.invite, name="invitations"),
    path("invitations/<int:pk>/end/", views_invitations.take_back, name="take_back"),
    path("invitation/<str:token>/", views_invitations.accept, name="invitation"),
    path("download/", views_account.download, name="download"),
    path("delete/", views_account.delete, name="delete"),
]
